-- SQLite: max of two values is `max` (PostgreSQL: greatest).
-- A job that came back to the queue waits since then, though it was due before: so a few that were
-- due first are looked at. 0 when none waits.
select coalesce(min(max(run_at, updated_at)), 0) from (
  select run_at, updated_at from jobs
  where state in ('queued', 'retryable') and lane = :lane and priority = :priority
    and (run_at, job_id) >= (:from_run_at, :from_job) and run_at <= :now
  order by run_at, job_id
  limit 100)
