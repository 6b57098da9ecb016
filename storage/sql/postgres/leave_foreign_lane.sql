-- PostgreSQL: for update skip locked, for other runtimes sort, too (SQLite: one writer).
-- Jobs in a lane, at all its levels, whose stage is another: its number was written with SQL.
update jobs
set lane = 0
where job_id = any(array(
  select j.job_id from (
    select job_id from jobs
    where state in ('queued', 'retryable') and lane = :lane
    order by priority desc, run_at, job_id
    limit :limit) head
  join jobs j on j.job_id = head.job_id
  where j.pipeline <> :pipeline or j.stage <> :stage
  for update of j skip locked))
