-- PostgreSQL: the claim and its events are one statement; `for update skip locked`, for other runtimes
-- claim too; the array of ids is twice as fast as a join (SQLite: one writer, nothing to skip).
-- Embodies the row `claim` of the transition table.
with claimed as (
  update jobs
  set state = 'working', epoch = epoch + 1, claimed_by = :runtime, cancel_requested = 0,
      updated_at = :now
  where job_id = any(array(
    select job_id from jobs
    where state in ('queued', 'retryable') and lane = :lane and priority = :priority
      and (run_at, job_id) >= (:from_run_at, :from_job)
      and run_at <= :until and pipeline = :pipeline and stage = :stage
    order by run_at, job_id
    limit :limit
    for update skip locked))
  returning job_id, epoch, attempt, crashes, run_at, correlation_id),
told as (
  insert into events (job_id, at, epoch, attempt, type, severity, pipeline, stage, correlation_id)
  select job_id, cast(:now as bigint), epoch, attempt, 'stage_started', 'info', :pipeline, :stage,
         correlation_id
  from claimed)
select job_id, epoch, attempt, crashes, run_at, correlation_id from claimed
