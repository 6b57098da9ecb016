-- SQLite only: in PostgreSQL one statement changes jobs and tells of it.
-- Runs before the change itself: the rows that it adds are the jobs whose fence holds, and the change
-- need not compare all of it again.
insert or rollback into events
  (job_id, pipeline, stage, type, severity, code, message, epoch, attempt, at, correlation_id)
select j.job_id, j.pipeline, :stage, :type, :severity, nullif(:code, ''), nullif(:message, ''),
       :to_epoch, :attempt, :now, j.correlation_id
from json_each(:ids) i cross join jobs j on j.job_id = i.value
where j.epoch = :epoch and j.state = :state and j.cancel_requested = :cancel_requested
  and coalesce(j.claimed_by, 0) = :claimed_by
