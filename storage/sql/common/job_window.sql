-- Where the next jobs end, and when the first of them was made.
select coalesce(max(job_id), 0), coalesce(min(created_at), 0) from (
  select job_id, created_at from jobs where job_id > :after order by job_id limit :limit) as next_jobs
