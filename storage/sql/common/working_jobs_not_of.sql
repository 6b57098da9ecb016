select job_id, pipeline, stage, state, epoch, attempt, crashes, priority, run_at, cancel_requested,
       correlation_id,
       coalesce((select d.parent from job_details d where d.job_id = jobs.job_id), 0),
       coalesce(claimed_by, 0)
from jobs
where state = 'working' and coalesce(claimed_by, 0) <> :runtime
