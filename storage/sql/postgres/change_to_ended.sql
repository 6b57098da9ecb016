-- PostgreSQL: the change and its event are one statement, which answers how many fences held and
-- whose (SQLite: the event first, then the change). A last event may follow: an end is told twice, as
-- what happened and as final.
with changed as (
  update jobs
  set stage = :to_stage, state = :to_state, epoch = :to_epoch, attempt = :attempt,
      crashes = :crashes, claimed_by = null, cancel_requested = 0, updated_at = :now
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
  from changed
  union all
  select job_id, cast(:now as bigint), cast(:to_epoch as bigint), cast(:attempt as integer),
         cast(nullif(:last_type, '') as event_type),
         cast(nullif(:last_severity, '') as event_severity), pipeline, :stage, correlation_id,
         nullif(:last_code, ''), nullif(:last_message, '')
  from changed
  where :last_type <> '')
select count(*), coalesce(cast(array_agg(job_id) as text), '{}') from changed
