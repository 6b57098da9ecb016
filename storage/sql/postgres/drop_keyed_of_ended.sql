-- PostgreSQL: ids are an array (SQLite: json_each).
delete from keyed_jobs
where job_id = any(cast(:ids as bigint[]))
  and not exists (select 1 from jobs j
                  where j.job_id = keyed_jobs.job_id and j.state in ('queued', 'retryable', 'working'))
