-- SQLite only: in PostgreSQL one statement claims jobs and tells of it.
insert or rollback into events
  (job_id, pipeline, stage, type, severity, epoch, attempt, at, correlation_id)
select j.job_id, j.pipeline, j.stage, 'stage_started', 'info', j.epoch, j.attempt, :now,
       j.correlation_id
from json_each(:ids) i cross join jobs j on j.job_id = i.value
