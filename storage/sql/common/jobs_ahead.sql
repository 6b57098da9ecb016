-- Where the jobs of a priority stand that are claimed before a place in the order of claims; so many at
-- most are looked at.
select pipeline, stage, count(*) from (
  select pipeline, stage from jobs
  where state in ('queued', 'retryable') and priority = :priority
    and (run_at, job_id) < (:run_at, :job)
  order by run_at, job_id
  limit :limit) as ahead
group by pipeline, stage
