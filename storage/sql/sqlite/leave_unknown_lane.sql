-- SQLite: one writer, nothing to skip (PostgreSQL: for update skip locked).
-- Jobs that wait in a lane that is not there: that number was written with SQL.
update or rollback jobs
set lane = 0
where job_id in (
  select job_id from jobs
  where state in ('queued', 'retryable') and lane = :lane
  order by priority desc, run_at, job_id
  limit :limit)
