select coalesce(max(job_id), 0) from (
  select job_id from jobs where job_id > :after order by job_id limit :limit) as next_jobs
