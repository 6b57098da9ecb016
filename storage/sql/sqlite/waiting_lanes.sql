-- SQLite: no cast of the first value of a recursion (PostgreSQL: its type must be that of the next).
-- The lanes after :after where jobs wait, :limit at most: the highest priority there, the run_at of the
-- first job of it, whether there are lower ones, and whether nothing may start at the stage.
with recursive found (lane, n) as (
  select (select lane from jobs where state in ('queued', 'retryable') and lane > :after
          order by lane limit 1), 1
  union all
  select (select lane from jobs where state in ('queued', 'retryable') and lane > found.lane
          order by lane limit 1), n + 1
  from found
  where found.lane is not null and n < :limit)
select found.lane, coalesce(l.pipeline, ''), coalesce(l.stage, ''), coalesce(l.tenant, ''),
       head.priority, head.run_at,
       exists (select 1 from jobs
               where state in ('queued', 'retryable') and lane = found.lane
                 and priority < head.priority),
       exists (select 1 from stage_controls c
               where c.pipeline = l.pipeline and c.stage in (l.stage, '*'))
from found
cross join jobs head on head.job_id = (
  select job_id from jobs where state in ('queued', 'retryable') and lane = found.lane
  order by priority desc, run_at, job_id limit 1)
left join lanes l on l.lane = found.lane
where found.lane is not null
