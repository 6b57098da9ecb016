-- The unique keys of jobs that are gone.
delete from unique_keys
where job_id > :after and job_id <= :until
  and not exists (select 1 from jobs where jobs.job_id = unique_keys.job_id)
