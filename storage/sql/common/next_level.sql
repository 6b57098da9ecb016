-- The next lower priority at which jobs of the lane wait, and run_at and id of the first of them.
select priority, run_at, job_id from jobs
where state in ('queued', 'retryable') and lane = :lane and priority < cast(:below as bigint)
order by priority desc, run_at, job_id
limit 1
