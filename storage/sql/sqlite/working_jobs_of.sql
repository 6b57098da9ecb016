-- SQLite: one writer, nothing to hold (PostgreSQL: for update).
select job_id, pipeline, stage, state, epoch, attempt, crashes, priority, run_at, cancel_requested,
       correlation_id
from jobs
where state = 'working' and claimed_by = :runtime
