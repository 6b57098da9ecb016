select state from jobs where job_id = :job
