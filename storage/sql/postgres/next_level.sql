-- PostgreSQL: stages as in claim.sql (SQLite: json_each).
-- The next lower priority at which jobs wait, and the run_at of the first of them that may be claimed;
-- the largest number when none may.
select priority, coalesce((
  select head.run_at from jobs head
  where head.state in ('queued', 'retryable') and head.priority = jobs.priority
    and head.pipeline || '.' || head.stage = any(array(
      select (value ->> 0) || '.' || (value ->> 1) from json_array_elements(cast(:stages as json))
      where not exists (select 1 from stage_controls c
                        where c.pipeline = value ->> 0 and c.stage in (value ->> 1, '*'))))
  order by head.run_at
  limit 1), 9223372036854775807)
from jobs
where state in ('queued', 'retryable') and priority < cast(:below as bigint)
order by priority desc
limit 1
