select c.child_id
from children c join jobs j on j.job_id = c.child_id
where c.parent_id = :parent and j.state in ('deadletter', 'cancelled')
