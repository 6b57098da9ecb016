-- PostgreSQL: joined laterally (SQLite: by a subquery).
-- The first job that waits of each level, from a place on; :levels is a list of
-- [lane, priority, run_at, job_id]. And whether nothing may start at the stage.
select k.lane, k.priority, head.run_at, head.job_id,
       cast(exists (select 1 from lanes l join stage_controls c
                    on c.pipeline = l.pipeline and c.stage in (l.stage, '*')
                    where l.lane = k.lane) as integer)
from (select cast(value ->> 0 as bigint) as lane, cast(value ->> 1 as integer) as priority,
             cast(value ->> 2 as bigint) as run_at, cast(value ->> 3 as bigint) as job_id
      from json_array_elements(cast(:levels as json))) k
cross join lateral (
  select run_at, job_id from jobs
  where state in ('queued', 'retryable') and lane = k.lane and priority = k.priority
    and (run_at, job_id) >= (k.run_at, k.job_id)
  order by run_at, job_id limit 1) head
