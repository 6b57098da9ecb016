-- PostgreSQL: the change and its event are one statement, which answers how many fences held and
-- whose (SQLite: the event first, then the change).
-- The epoch stays: the handler at work must still be able to settle.
with changed as (
  update jobs
  set cancel_requested = 1, updated_at = :now
  where job_id = any(cast(:ids as bigint[]))
    and epoch = :epoch and cast(state as text) = :state and cancel_requested = :cancel_requested
    and coalesce(claimed_by, 0) = :claimed_by
  returning jobs.job_id, pipeline, correlation_id),
told as (
  insert into events
    (job_id, at, epoch, attempt, type, severity, pipeline, stage, correlation_id, code, message)
  select job_id, cast(:now as bigint), cast(:to_epoch as bigint), cast(:attempt as integer),
         cast(:type as event_type), cast(:severity as event_severity), pipeline, :stage,
         correlation_id, nullif(:code, ''), nullif(:message, '')
  from changed)
select count(*), coalesce(cast(array_agg(job_id) as text), '{}') from changed
