-- PostgreSQL: ids are an array (SQLite: json_each).
-- Runs before the change itself: the rows that it adds are the jobs whose fence holds.
insert into events
  (job_id, pipeline, stage, type, severity, code, message, epoch, attempt, at, correlation_id)
select j.job_id, j.pipeline, :stage, :type, :severity, nullif(:code, ''), nullif(:message, ''),
       cast(:to_epoch as bigint), cast(:attempt as integer), cast(:now as bigint), j.correlation_id
from jobs j
where j.job_id = any(cast(:ids as bigint[]))
  and j.epoch = :epoch and j.state = :state and j.cancel_requested = :cancel_requested
