-- SQLite: insert or ignore (PostgreSQL: on conflict do nothing, ids as an array).
-- The lanes of jobs that have none.
insert or ignore into lanes (pipeline, stage, tenant)
select distinct j.pipeline, j.stage, coalesce(d.tenant, '')
from json_each(:ids) i
cross join jobs j on j.job_id = i.value
left join job_details d on d.job_id = j.job_id
