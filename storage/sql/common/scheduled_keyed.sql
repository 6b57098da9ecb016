-- Jobs with a concurrency key whose time had not come when they were sorted, some of the first.
select job_id, run_at from keyed_jobs
where waits = 2
order by run_at
limit 100
