-- The jobs that have the places of a job's concurrency key.
select o.job_id
from keyed_jobs k
join keyed_jobs o on o.pipeline = k.pipeline and o.concurrency_key = k.concurrency_key and o.waits = 0
join jobs j on j.job_id = o.job_id and j.state in ('queued', 'retryable', 'working')
where k.job_id = :job
order by o.job_id
limit 100
