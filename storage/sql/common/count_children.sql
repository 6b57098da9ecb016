select coalesce(cast(j.state as text), 'deleted'), count(*)
from children c left join jobs j on j.job_id = c.child_id
where c.parent_id = :parent
group by 1
order by 1
