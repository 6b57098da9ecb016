-- The other events of jobs with ids that lie between two, between two places.
select event_id, coalesce(job_id, 0), pipeline, stage, type, severity, coalesce(code, ''),
       coalesce(message, ''), epoch, attempt, at, correlation_id
from events
where event_id > :after and event_id <= :until and job_id >= :first and job_id <= :last
  and (type = 'stage_done' or (type = 'finalized' and code is null))
order by event_id
