-- PostgreSQL: the heads are joined laterally, for their plan does not depend on statistics then (SQLite:
-- by a subquery).
-- The lanes after :after where jobs wait, :limit at most: the highest priority there, the run_at of the
-- first job of it, whether there are lower ones, and whether nothing may start at the stage.
with recursive found (lane, n) as (
  select (select lane from jobs where state in ('queued', 'retryable') and lane > cast(:after as bigint)
          order by lane limit 1), 1
  union all
  select (select lane from jobs where state in ('queued', 'retryable') and lane > found.lane
          order by lane limit 1), n + 1
  from found
  where found.lane is not null and n < :limit)
select found.lane, coalesce(l.pipeline, ''), coalesce(l.stage, ''), coalesce(l.tenant, ''),
       head.priority, head.run_at,
       cast(exists (select 1 from jobs
                    where state in ('queued', 'retryable') and lane = found.lane
                      and priority < head.priority) as integer),
       cast(exists (select 1 from stage_controls c
                    where c.pipeline = l.pipeline and c.stage in (l.stage, '*')) as integer)
from found
cross join lateral (
  select priority, run_at from jobs where state in ('queued', 'retryable') and lane = found.lane
  order by priority desc, run_at, job_id limit 1) head
left join lanes l on l.lane = found.lane
where found.lane is not null
