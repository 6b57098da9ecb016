-- SQLite: ids through json_each (PostgreSQL: unnest).
-- Of these jobs, those whose parent may yet wait for what became of them.
select d.job_id
from json_each(:ids) i
cross join job_details d on d.job_id = i.value
cross join jobs p on p.job_id = d.parent
where p.state in ('queued', 'retryable', 'working')
