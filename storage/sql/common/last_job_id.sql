select coalesce(max(job_id), 0) from jobs
