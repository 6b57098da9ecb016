-- SQLite: one writer; texts may be blobs (PostgreSQL: for update skip locked, columns have types).
-- Of one priority, from a place on.
select j.job_id, j.pipeline, j.stage, coalesce(cast(d.tenant as text), ''),
       length(cast(j.correlation_id as blob)),
       coalesce(length(cast(d.unique_key as blob)), 0), coalesce(length(cast(d.tags as blob)), 0),
       coalesce(cast(d.unique_while as text), ''), j.run_at,
       coalesce(cast(d.concurrency_key as text), '')
from jobs j
left join job_details d on d.job_id = j.job_id
where j.state in ('queued', 'retryable') and j.lane = 0 and j.priority = :priority
  and (j.run_at, j.job_id) >= (:from_run_at, :from_job)
order by j.run_at, j.job_id
limit :limit
