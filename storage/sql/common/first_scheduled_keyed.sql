-- When the first job with a concurrency key is due whose time had not come when it was sorted.
select run_at from keyed_jobs
where waits = 2
order by run_at
limit 1
