-- An event of a job that changes nothing about where it stands.
insert into events
  (job_id, pipeline, stage, type, severity, code, message, epoch, attempt, at, correlation_id)
select job_id, pipeline, stage, 'control', 'info', cast(:code as text), cast(:message as text), epoch,
       attempt, cast(:now as bigint), correlation_id
from jobs
where job_id = :job
