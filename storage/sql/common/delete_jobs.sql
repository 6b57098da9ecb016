delete from jobs
where job_id > :after and job_id <= :until
  and ((state in ('done', 'cancelled') and updated_at < :finished_before)
       or (state = 'deadletter' and updated_at < :dead_before))
