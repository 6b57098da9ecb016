delete from queue_members
where pipeline = :pipeline and job_id > :after and job_id <= :until
  and not exists (select 1 from jobs
                  where jobs.job_id = queue_members.job_id
                    and jobs.state in ('queued', 'working', 'retryable'))
