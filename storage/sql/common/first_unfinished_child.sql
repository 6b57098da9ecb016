-- At or after a child, in the order in which they were made.
select c.child_id
from children c join jobs j on j.job_id = c.child_id
where c.parent_id = :parent and c.child_id >= :from_child
  and j.state in ('queued', 'retryable', 'working')
order by c.child_id
limit 1
