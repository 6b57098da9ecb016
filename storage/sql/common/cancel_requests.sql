select job_id from jobs
where state = 'working' and claimed_by = :runtime and cancel_requested = 1
