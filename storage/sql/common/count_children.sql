select coalesce(cast(j.state as text), ''), count(*)
from children c left join jobs j on j.job_id = c.child_id
where c.parent_id = :parent
group by 1
