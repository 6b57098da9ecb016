-- PostgreSQL: for update skip locked, for other runtimes sort, too (SQLite: one writer).
-- Jobs that wait in a lane that is not there: that number was written with SQL.
update jobs
set lane = 0
where job_id = any(array(
  select job_id from jobs
  where state in ('queued', 'retryable') and lane = :lane
  order by priority desc, run_at, job_id
  limit :limit
  for update skip locked))
