-- Every one with the length of its output; of one that was deleted there is no state.
select c.child_id, coalesce(cast(j.state as text), ''), coalesce(d.code, ''),
       coalesce(length(cast(d.output as text)), 0)
from children c
left join jobs j on j.job_id = c.child_id
left join job_details d on d.job_id = j.job_id
where c.parent_id = :parent
order by c.child_id
