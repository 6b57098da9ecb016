-- PostgreSQL: other runtimes sort, too (SQLite: one writer, and texts may be blobs).
-- Of one priority, from a place on.
select j.job_id, j.pipeline, j.stage, coalesce(d.tenant, ''), octet_length(j.correlation_id),
       coalesce(octet_length(d.unique_key), 0), coalesce(octet_length(d.tags), 0),
       coalesce(d.unique_while, ''), j.run_at, coalesce(d.concurrency_key, '')
from jobs j
left join job_details d on d.job_id = j.job_id
where j.state in ('queued', 'retryable') and j.lane = 0 and j.priority = cast(:priority as integer)
  and (j.run_at, j.job_id) >= (:from_run_at, :from_job)
order by j.run_at, j.job_id
limit :limit
for update of j skip locked
