-- Of a range of ids, the newest first.
select j.job_id, j.pipeline, j.stage, j.state, j.epoch, j.attempt, j.crashes, j.priority, j.run_at,
       j.created_at, j.updated_at, coalesce(j.claimed_by, 0), j.cancel_requested, j.correlation_id,
       coalesce(cast(d.payload as text), ''),
       coalesce(cast(d.output as text), ''), coalesce(d.code, ''),
       coalesce(d.message, ''), coalesce(d.unique_key, ''), coalesce(d.tenant, ''),
       coalesce(d.tags, ''), coalesce(d.parent, 0),
       coalesce(cast(d.traceparent as text), ''), coalesce(cast(d.concurrency_key as text), '')
from jobs j left join job_details d on d.job_id = j.job_id
where j.job_id >= :first and j.job_id <= :last
  and (:state = '' or cast(j.state as text) = :state) and (:pipeline = '' or j.pipeline = :pipeline)
  and (:stage = '' or j.stage = :stage) and (:tenant = '' or d.tenant = :tenant)
  and (:tag = '' or replace(d.tags, :tag, '') <> d.tags)
  and (:code = '' or d.code = :code) and (:unique = '' or d.unique_key = :unique)
  and (:correlation = '' or j.correlation_id = :correlation)
  and j.created_at >= :since and j.created_at < :until
order by j.job_id desc
limit :limit
