-- PostgreSQL: the rows are held until the transaction ends; a transaction that holds them already
-- settles or rescues them (SQLite: one writer).
select job_id, pipeline, stage, state, epoch, attempt, crashes, priority, run_at, cancel_requested,
       correlation_id,
       coalesce((select d.parent from job_details d where d.job_id = jobs.job_id), 0),
       coalesce(claimed_by, 0)
from jobs
where state = 'working' and claimed_by = :runtime
for update skip locked
