-- SQLite: by a subquery (PostgreSQL: joined laterally).
-- The first job that waits of each level, from a place on; :levels is a list of
-- [lane, priority, run_at, job_id]. And whether nothing may start at the stage.
select k.value ->> 0, k.value ->> 1, head.run_at, head.job_id,
       exists (select 1 from lanes l join stage_controls c
               on c.pipeline = l.pipeline and c.stage in (l.stage, '*')
               where l.lane = k.value ->> 0)
from json_each(:levels) k
cross join jobs head on head.job_id = (
  select job_id from jobs
  where state in ('queued', 'retryable') and lane = k.value ->> 0 and priority = k.value ->> 1
    and (run_at, job_id) >= (k.value ->> 2, k.value ->> 3)
  order by run_at, job_id limit 1)
