-- PostgreSQL: other runtimes sort, too (SQLite: one writer).
select job_id from jobs
where state in ('queued', 'retryable') and lane = 0
order by priority desc, run_at, job_id
limit :limit
for update skip locked
