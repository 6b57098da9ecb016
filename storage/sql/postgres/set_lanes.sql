-- PostgreSQL: ids are an array (SQLite: json_each).
update jobs
set lane = l.lane
from lanes l
where jobs.job_id = any(cast(:ids as bigint[]))
  and l.pipeline = jobs.pipeline and l.stage = jobs.stage
  and l.tenant = coalesce((select d.tenant from job_details d where d.job_id = jobs.job_id), '')
