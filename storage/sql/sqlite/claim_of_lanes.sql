-- SQLite: as claim; a list of ids for each lane, where PostgreSQL joins laterally.
-- :steps is a list of [lane, priority, until, run_at, job_id], one of each lane, the last two where
-- the first job of it may stand; :limit jobs of each are claimed at most.
-- Embodies the row `claim` of the transition table.
update or rollback jobs
set state = 'working', epoch = epoch + 1, claimed_by = :runtime, cancel_requested = 0,
    updated_at = :now
where job_id in (
  select due.value
  from json_each(:steps) s
  cross join lanes l on l.lane = s.value ->> 0
  cross join json_each((
    select json_group_array(job_id) from (
      select job_id from jobs
      where state in ('queued', 'retryable') and lane = l.lane and priority = s.value ->> 1
        and (run_at, job_id) >= (s.value ->> 3, s.value ->> 4) and run_at <= s.value ->> 2
        and pipeline = l.pipeline and stage = l.stage
      order by run_at, job_id
      limit :limit))) due)
returning lane, job_id, epoch, attempt, crashes, run_at, correlation_id
