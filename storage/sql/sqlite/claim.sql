-- SQLite: one writer, nothing to skip (PostgreSQL: for update skip locked).
-- Embodies the row `claim` of the transition table.
update or rollback jobs
set state = 'working', epoch = epoch + 1, claimed_by = :runtime, cancel_requested = 0,
    updated_at = :now
where job_id in (
  select job_id from jobs
  where state in ('queued', 'retryable') and lane = :lane and priority = :priority
    and (run_at, job_id) >= (:from_run_at, :from_job)
    and run_at <= :until and pipeline = :pipeline and stage = :stage
  order by run_at, job_id
  limit :limit)
returning job_id, epoch, attempt, crashes, run_at, correlation_id
