-- PostgreSQL: ids are an array (SQLite: json_each).
insert into events
  (job_id, pipeline, stage, type, severity, epoch, attempt, at, correlation_id)
select j.job_id, j.pipeline, j.stage, 'stage_started', 'info', j.epoch, j.attempt,
       cast(:now as bigint), j.correlation_id
from unnest(cast(:ids as bigint[])) i (job_id)
join jobs j on j.job_id = i.job_id
