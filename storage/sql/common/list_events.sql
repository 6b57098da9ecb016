select event_id, coalesce(job_id, 0), pipeline, stage, type, severity, coalesce(code, ''),
       coalesce(message, ''), epoch, attempt, at, correlation_id
from events
where event_id > :after and event_id <= :until and (:code = '' or code = :code)
order by event_id
limit :limit
