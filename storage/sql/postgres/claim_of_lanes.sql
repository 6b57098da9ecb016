-- PostgreSQL: as claim, the lanes joined laterally (SQLite: through lists of ids).
-- :steps is a list of [lane, priority, until, run_at, job_id], one of each lane, the last two where
-- the first job of it may stand; :limit jobs of each are claimed at most.
-- Embodies the row `claim` of the transition table.
with claimed as (
  update jobs
  set state = 'working', epoch = epoch + 1, claimed_by = :runtime, cancel_requested = 0,
      updated_at = :now
  where job_id = any(array(
    select due.job_id
    from json_array_elements(cast(:steps as json)) s
    join lanes l on l.lane = cast(s.value ->> 0 as bigint)
    cross join lateral (
      select job_id from jobs
      where state in ('queued', 'retryable') and lane = l.lane
        and priority = cast(s.value ->> 1 as integer)
        and (run_at, job_id) >= (cast(s.value ->> 3 as bigint), cast(s.value ->> 4 as bigint))
        and run_at <= cast(s.value ->> 2 as bigint)
        and pipeline = l.pipeline and stage = l.stage
      order by run_at, job_id
      limit :limit
      for update skip locked) due))
  returning job_id, lane, epoch, attempt, crashes, run_at, correlation_id, pipeline, stage),
told as (
  insert into events (job_id, at, epoch, attempt, type, severity, pipeline, stage, correlation_id)
  select job_id, cast(:now as bigint), epoch, attempt, 'stage_started', 'info', pipeline, stage,
         correlation_id
  from claimed)
select lane, job_id, epoch, attempt, crashes, run_at, correlation_id from claimed
