delete from joins
where parent_id > :after and parent_id <= :until
  and not exists (select 1 from jobs where jobs.job_id = joins.parent_id)
