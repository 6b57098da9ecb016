-- PostgreSQL: for update skip locked, for other runtimes claim and sort, too (SQLite: one writer).
-- Jobs at the head of a lane whose stage is another: its number was written with SQL.
update jobs
set lane = 0
where job_id = any(array(
  select job_id from (
    select job_id, pipeline, stage from jobs
    where state in ('queued', 'retryable') and lane = :lane and priority = :priority
      and (run_at, job_id) >= (:from_run_at, :from_job) and run_at <= :until
    order by run_at, job_id
    limit :limit
    for update skip locked) head
  where pipeline <> :pipeline or stage <> :stage))
