-- The other events of a job, between two places.
select event_id, coalesce(job_id, 0), pipeline, stage, type, severity, coalesce(code, ''),
       coalesce(message, ''), epoch, attempt, at, correlation_id
from events
where event_id > :after and event_id <= :until and job_id = :job
  and (type = 'stage_done' or (type = 'finalized' and code is null))
order by event_id
