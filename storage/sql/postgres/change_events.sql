-- PostgreSQL: ids are an array (SQLite: json_each).
-- For the events of a change after its first. The rows that it adds are the jobs whose fence holds.
insert into events
  (job_id, at, epoch, attempt, type, severity, pipeline, stage, correlation_id, code, message)
select j.job_id, cast(:now as bigint), cast(:to_epoch as bigint), cast(:attempt as integer),
       cast(:type as event_type), cast(:severity as event_severity), j.pipeline, :stage,
       j.correlation_id, nullif(:code, ''), nullif(:message, '')
from jobs j
where j.job_id = any(cast(:ids as bigint[]))
  and j.epoch = :epoch and j.state = :state and j.cancel_requested = :cancel_requested
