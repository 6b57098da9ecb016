select event_id, coalesce(job_id, 0), pipeline, stage, type, severity, coalesce(code, ''),
       coalesce(message, ''), epoch, attempt, at, correlation_id
from events
where job_id = :job and event_id > :after
order by event_id
limit :limit
