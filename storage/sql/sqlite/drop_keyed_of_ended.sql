-- SQLite: ids through json_each (PostgreSQL: an array).
delete from keyed_jobs
where job_id in (select value from json_each(:ids))
  and not exists (select 1 from jobs j
                  where j.job_id = keyed_jobs.job_id and j.state in ('queued', 'retryable', 'working'))
