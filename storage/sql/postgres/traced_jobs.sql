-- PostgreSQL: ids are an array (SQLite: json_each). What the spans of jobs say
-- (storage/history/job_traces.hpp).
select j.job_id, j.pipeline, j.state, j.created_at, j.updated_at, j.correlation_id,
       coalesce(d.code, ''), coalesce(d.message, ''), coalesce(d.tenant, ''), coalesce(d.parent, 0),
       coalesce(left(d.traceparent, 60), '')
from jobs j left join job_details d on d.job_id = j.job_id
where j.job_id = any(cast(:ids as bigint[]))
