-- PostgreSQL: ids are an array (SQLite: json_each).
-- Of these jobs, those whose parent may yet ask what became of them: a dead or cancelled one, too, when
-- it is retried.
select d.job_id
from unnest(cast(:ids as bigint[])) i (job_id)
join job_details d on d.job_id = i.job_id
join jobs p on p.job_id = d.parent
where p.state <> 'done'
