-- PostgreSQL: the next lane is joined laterally: one look into the index, where what has just been
-- claimed stands before what waits, gives all of it (SQLite: by a subquery).
-- The order keeps the look for lower priorities in the index, wherever statistics expect many of them.
-- The lanes after :after where jobs wait (but for key_lane, storage/claim/lanes.hpp), :limit at most: the
-- highest priority there, run_at and id of the first job of it, whether there are lower ones, and whether
-- nothing may start at the stage.
with recursive found (lane, priority, run_at, job_id, n) as (
  (select lane, priority, run_at, job_id, 1 from jobs
   where state in ('queued', 'retryable') and lane > cast(:after as bigint)
     and lane < 4611686018427387904
   order by lane, priority desc, run_at, job_id limit 1)
  union all
  select next.lane, next.priority, next.run_at, next.job_id, n + 1
  from found
  cross join lateral (
    select lane, priority, run_at, job_id from jobs
    where state in ('queued', 'retryable') and lane > found.lane and lane < 4611686018427387904
    order by lane, priority desc, run_at, job_id limit 1) next
  where n < :limit)
select found.lane, coalesce(l.pipeline, ''), coalesce(l.stage, ''), coalesce(l.tenant, ''),
       found.priority, found.run_at, found.job_id,
       (select cast(count(*) as integer) from (
          select 1 from jobs
          where state in ('queued', 'retryable') and lane = found.lane
            and priority < found.priority
          order by priority desc
          limit 1) lower),
       cast(exists (select 1 from stage_controls c
                    where c.pipeline = l.pipeline and c.stage in (l.stage, '*')) as integer)
from found
left join lanes l on l.lane = found.lane
