-- How many jobs of a lane and a priority are claimed before a place in the order of claims; so many at
-- most are looked at.
select count(*) from (
  select 1 from jobs
  where state in ('queued', 'retryable') and lane = :lane and priority = :priority
    and (run_at, job_id) < (:run_at, :job)
  order by run_at, job_id
  limit :limit) as ahead
