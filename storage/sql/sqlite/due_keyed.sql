-- SQLite: one writer (PostgreSQL: for update skip locked).
-- Jobs with a concurrency key whose time had not come when they were sorted, and has now.
select job_id from keyed_jobs
where waits = 2 and run_at <= :now
order by run_at
limit 100
