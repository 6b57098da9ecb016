-- SQLite: max of two values is `max` (PostgreSQL: greatest); stages as in claim.sql.
-- A job that came back to the queue waits since then, though it was due before: so a few that were
-- due first are looked at. 0 when none waits.
select coalesce(min(max(run_at, updated_at)), 0) from (
  select run_at, updated_at from jobs
  where state in ('queued', 'retryable') and priority = :priority and run_at <= :now
    and (pipeline, stage) in (
      select value ->> 0, value ->> 1 from json_each(:stages)
      where not exists (select 1 from stage_controls c
                        where c.pipeline = value ->> 0 and c.stage in (value ->> 1, '*')))
  order by run_at
  limit 100)
