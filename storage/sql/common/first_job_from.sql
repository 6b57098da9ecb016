select job_id from jobs where job_id >= :first order by job_id limit 1
