-- Jobs with a row for their concurrency key, after one, and whether they have not ended.
select k.job_id,
       (select count(*) from jobs j
        where j.job_id = k.job_id and j.state in ('queued', 'retryable', 'working'))
from keyed_jobs k
where k.job_id > :after
order by k.job_id
limit :limit
