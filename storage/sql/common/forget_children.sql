-- The families of parents that are gone.
delete from children
where parent_id > :after and parent_id <= :until
  and not exists (select 1 from jobs where jobs.job_id = children.parent_id)
