-- PostgreSQL: the rows are held until the transaction ends; who holds them already settles or rescues
-- them (SQLite: one writer).
select job_id, pipeline, stage, state, epoch, attempt, crashes, priority, run_at, cancel_requested,
       correlation_id
from jobs
where state = 'working' and claimed_by = :runtime
for update skip locked
