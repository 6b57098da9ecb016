-- PostgreSQL: the change and its event are one statement, which answers how many fences held and
-- whose (SQLite: the event first, then the change).
-- :rows is a list of [job_id, run_at]: each job waits for its own time. The array leads through the
-- primary key, also where this was planned while there were no jobs.
with changed as (
  update jobs
  set stage = :to_stage, state = :to_state, epoch = :to_epoch, attempt = :attempt,
      crashes = :crashes, run_at = due.run_at, claimed_by = null, cancel_requested = 0,
      updated_at = :now,
      lane = coalesce((select l.lane from lanes l
                       where l.pipeline = jobs.pipeline and l.stage = :to_stage
                         and l.tenant = (select tenant from lanes where lane = jobs.lane)), 0)
  from (select cast(value ->> 0 as bigint) as job_id, cast(value ->> 1 as bigint) as run_at
        from json_array_elements(cast(:rows as json))) due
  where jobs.job_id = due.job_id
    and jobs.job_id = any(array(
      select cast(value ->> 0 as bigint) from json_array_elements(cast(:rows as json))))
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
