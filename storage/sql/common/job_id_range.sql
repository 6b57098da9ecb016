select coalesce((select min(job_id) from jobs), 0), coalesce((select max(job_id) from jobs), 0)
