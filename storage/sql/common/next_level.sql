-- The next lower priority at which jobs of the lane wait, and the run_at of the first of them.
select priority, run_at from jobs
where state in ('queued', 'retryable') and lane = :lane and priority < cast(:below as bigint)
order by priority desc, run_at
limit 1
