-- PostgreSQL: ids are an array (SQLite: json_each).
insert into events
  (job_id, at, epoch, attempt, type, severity, pipeline, stage, correlation_id)
select j.job_id, cast(:now as bigint), j.epoch, j.attempt, 'stage_started', 'info', j.pipeline,
       j.stage, j.correlation_id
from jobs j
where j.job_id = any(cast(:ids as bigint[]))
