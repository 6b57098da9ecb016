-- PostgreSQL only: elsewhere no entry of a job that was claimed stays in the index.
-- The first job that waits in each gap between known levels; :priorities is a list of
-- [lane, lowest, highest], :lanes one of [first, last].
with heads as (
  select head.*
  from json_array_elements(cast(:priorities as json)) gap
  cross join lateral (
    select lane, priority, run_at, job_id from jobs
    where state in ('queued', 'retryable') and lane = cast(gap.value ->> 0 as bigint)
      and priority >= cast(gap.value ->> 1 as integer)
      and priority <= cast(gap.value ->> 2 as integer)
    order by priority desc, run_at, job_id limit 1) head
  union all
  select head.*
  from json_array_elements(cast(:lanes as json)) gap
  cross join lateral (
    select lane, priority, run_at, job_id from jobs
    where state in ('queued', 'retryable') and lane >= cast(gap.value ->> 0 as bigint)
      and lane <= cast(gap.value ->> 1 as bigint)
    order by lane, priority desc, run_at, job_id limit 1) head)
select heads.lane, coalesce(l.pipeline, ''), coalesce(l.stage, ''), coalesce(l.tenant, ''),
       heads.priority, heads.run_at, heads.job_id
from heads
left join lanes l on l.lane = heads.lane
