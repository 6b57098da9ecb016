-- SQLite: one writer, nothing to skip (PostgreSQL: for update skip locked).
-- Jobs at the head of a lane whose stage is another: its number was written with SQL.
update or rollback jobs
set lane = 0
where job_id in (
  select job_id from (
    select job_id, pipeline, stage from jobs
    where state in ('queued', 'retryable') and lane = :lane and priority = :priority
      and (run_at, job_id) >= (:from_run_at, :from_job) and run_at <= :until
    order by run_at, job_id
    limit :limit)
  where pipeline <> :pipeline or stage <> :stage)
