select j.job_id, j.pipeline, j.stage, j.state, j.epoch, j.attempt, j.crashes, j.priority, j.run_at,
       j.created_at, j.updated_at, coalesce(j.claimed_by, 0), j.cancel_requested, j.correlation_id,
       coalesce(cast(d.payload as text), ''),
       coalesce(cast(d.output as text), ''), coalesce(d.code, ''),
       coalesce(d.message, ''), coalesce(d.unique_key, ''), coalesce(d.tenant, ''),
       coalesce(d.tags, ''), coalesce(d.parent, 0),
       coalesce(cast(d.traceparent as text), ''), coalesce(cast(d.concurrency_key as text), '')
from children c
join jobs j on j.job_id = c.child_id
left join job_details d on d.job_id = j.job_id
where c.parent_id = :parent and c.child_id > :after
order by c.child_id
limit :limit
