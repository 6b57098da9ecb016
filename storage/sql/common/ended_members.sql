-- The next members of a queue: how many, which is the last, how many of them have ended, and when the
-- first of those did.
select count(*), coalesce(max(job_id), 0), coalesce(sum(ended), 0), coalesce(min(ended_at), 0)
from (
  select m.job_id,
         case when j.state in ('queued', 'working', 'retryable') then 0 else 1 end as ended,
         case when j.state in ('done', 'deadletter', 'cancelled') then j.updated_at end as ended_at
  from queue_members m left join jobs j on j.job_id = m.job_id
  where m.pipeline = :pipeline and m.job_id > :after
  order by m.job_id
  limit :limit) as members
