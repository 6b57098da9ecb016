-- SQLite: one writer, nothing to skip (PostgreSQL: for update skip locked); stages through json_each.
-- Embodies the row `claim` of the transition table.
update or rollback jobs
set state = 'working', epoch = epoch + 1, claimed_by = :runtime, cancel_requested = 0,
    updated_at = :now
where job_id in (
  select job_id from jobs
  where state in ('queued', 'retryable') and priority = :priority and run_at <= :until
    and (pipeline, stage) in (
      select value ->> 0, value ->> 1 from json_each(:stages)
      where not exists (select 1 from stage_controls c
                        where c.pipeline = value ->> 0 and c.stage in (value ->> 1, '*')))
  order by run_at, job_id
  limit :limit)
returning job_id, pipeline, stage, epoch, attempt, crashes, run_at, correlation_id
