-- SQLite: ids through json_each (PostgreSQL: an array). The events that the index events_by_job leads
-- to, the jobs one after the other (storage/history/job_history.hpp).
select e.event_id, coalesce(e.job_id, 0), e.pipeline, e.stage, e.type, e.severity,
       coalesce(e.code, ''), coalesce(e.message, ''), e.epoch, e.attempt, e.at, e.correlation_id
from json_each(:ids) i cross join events e on e.job_id = i.value
  and e.type <> 'stage_done' and (e.type <> 'finalized' or e.code is not null)
order by i.key, e.event_id
