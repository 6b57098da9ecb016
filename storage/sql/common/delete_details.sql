-- After the jobs, or one that is replayed meanwhile would lose them.
delete from job_details
where job_id > :after and job_id <= :until
  and not exists (select 1 from jobs where jobs.job_id = job_details.job_id)
