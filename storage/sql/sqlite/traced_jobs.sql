-- SQLite: ids through json_each (PostgreSQL: an array). What the spans of jobs say
-- (storage/history/job_traces.hpp).
select j.job_id, j.pipeline, j.state, j.created_at, j.updated_at, j.correlation_id,
       coalesce(d.code, ''), coalesce(d.message, ''), coalesce(d.tenant, ''), coalesce(d.parent, 0),
       coalesce(cast(substr(d.traceparent, 1, 60) as text), '')
from json_each(:ids) i cross join jobs j on j.job_id = i.value
left join job_details d on d.job_id = j.job_id
