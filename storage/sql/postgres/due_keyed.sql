-- PostgreSQL: without those that another transaction changes, and it holds the rows (SQLite: one writer).
-- Jobs with a concurrency key whose time had not come when they were sorted, and has now.
select k.job_id
from keyed_jobs k join jobs j on j.job_id = k.job_id
where k.waits = 2 and k.run_at <= :now
order by k.run_at
limit 100
for update of k, j skip locked
