-- SQLite: one writer (PostgreSQL: for update skip locked).
select job_id from jobs
where state in ('queued', 'retryable') and lane = 0
order by priority desc, run_at, job_id
limit :limit
