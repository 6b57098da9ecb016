select j.job_id, j.pipeline, j.stage, j.state, j.epoch, j.attempt, j.crashes, j.priority, j.run_at,
       j.created_at, j.updated_at, coalesce(j.claimed_by, 0), j.cancel_requested, j.correlation_id,
       coalesce(cast(d.payload as text), ''),
       coalesce(cast(d.output as text), ''), coalesce(d.code, ''),
       coalesce(d.message, ''), coalesce(d.unique_key, ''), coalesce(d.tenant, ''),
       coalesce(d.tags, ''), coalesce(d.parent, 0),
       coalesce(cast(d.traceparent as text), ''), coalesce(cast(d.concurrency_key as text), '')
from jobs j left join job_details d on d.job_id = j.job_id
where j.job_id = :job
