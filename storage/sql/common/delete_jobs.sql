delete from jobs
where job_id > :after and job_id <= :until
  and ((state in ('done', 'cancelled') and updated_at < :finished_before)
       or (state = 'deadletter' and updated_at < :dead_before))
  -- A parent may yet wait for what became of it.
  and not exists (select 1 from job_details d join jobs p on p.job_id = d.parent
                  where d.job_id = jobs.job_id and p.state in ('queued', 'retryable', 'working'))
