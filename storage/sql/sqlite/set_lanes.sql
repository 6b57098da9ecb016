-- SQLite: ids through json_each (PostgreSQL: an array).
update or rollback jobs
set lane = l.lane
from lanes l
where jobs.job_id in (select value from json_each(:ids))
  and l.pipeline = jobs.pipeline and l.stage = jobs.stage
  and l.tenant = coalesce(
    (select cast(d.tenant as text) from job_details d where d.job_id = jobs.job_id), '')
