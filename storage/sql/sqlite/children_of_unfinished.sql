-- SQLite: ids through json_each (PostgreSQL: unnest).
-- Of these jobs, those whose parent may yet ask what became of them: a dead or cancelled one, too, when
-- it is retried.
select d.job_id
from json_each(:ids) i
cross join job_details d on d.job_id = i.value
cross join jobs p on p.job_id = d.parent
where p.state <> 'done'
