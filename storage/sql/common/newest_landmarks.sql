-- The last events of a job that the index events_by_job leads to (storage/history/job_history.hpp).
select event_id, coalesce(job_id, 0), pipeline, stage, type, severity, coalesce(code, ''),
       coalesce(message, ''), epoch, attempt, at, correlation_id
from events
where job_id = :job and type <> 'stage_done' and (type <> 'finalized' or code is not null)
order by event_id desc
limit :limit
