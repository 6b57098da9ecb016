-- PostgreSQL: the larger of two values is `greatest` (SQLite: max); stages as in claim.sql.
-- A job that came back to the queue waits since then, though it was due before: so a few that were
-- due first are looked at. 0 when none waits.
select coalesce(min(greatest(run_at, updated_at)), 0) from (
  select run_at, updated_at from jobs
  where state in ('queued', 'retryable') and priority = :priority and run_at <= :now
    and pipeline || '.' || stage = any(array(
      select (value ->> 0) || '.' || (value ->> 1) from json_array_elements(cast(:stages as json))
      where not exists (select 1 from stage_controls c
                        where c.pipeline = value ->> 0 and c.stage in (value ->> 1, '*'))))
  order by run_at
  limit 100) due
