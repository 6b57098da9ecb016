-- PostgreSQL: ids are an array (SQLite: json_each). The events that the index events_by_job leads to,
-- the jobs one after the other (storage/history/job_history.hpp).
select event_id, coalesce(job_id, 0), pipeline, stage, type, severity, coalesce(code, ''),
       coalesce(message, ''), epoch, attempt, at, correlation_id
from events
where job_id = any(cast(:ids as bigint[]))
  and type <> 'stage_done' and (type <> 'finalized' or code is not null)
order by job_id, event_id
