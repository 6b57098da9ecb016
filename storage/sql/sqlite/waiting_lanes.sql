-- SQLite: the next lane by a subquery (PostgreSQL: laterally).
-- The lanes after :after where jobs wait (but for key_lane, storage/claim/lanes.hpp), :limit at most: the
-- highest priority there, run_at and id of the first job of it, whether there are lower ones, and whether
-- nothing may start at the stage.
with recursive found (lane, priority, run_at, job_id, n) as (
  select * from (
    select lane, priority, run_at, job_id, 1 from jobs
    where state in ('queued', 'retryable') and lane > :after and lane < 4611686018427387904
    order by lane, priority desc, run_at, job_id limit 1)
  union all
  select next.lane, next.priority, next.run_at, next.job_id, n + 1
  from found
  cross join jobs next on next.job_id = (
    select job_id from jobs
    where state in ('queued', 'retryable') and lane > found.lane and lane < 4611686018427387904
    order by lane, priority desc, run_at, job_id limit 1)
  where n < :limit)
select found.lane, coalesce(l.pipeline, ''), coalesce(l.stage, ''), coalesce(l.tenant, ''),
       found.priority, found.run_at, found.job_id,
       exists (select 1 from jobs
               where state in ('queued', 'retryable') and lane = found.lane
                 and priority < found.priority),
       exists (select 1 from stage_controls c
               where c.pipeline = l.pipeline and c.stage in (l.stage, '*'))
from found
left join lanes l on l.lane = found.lane
