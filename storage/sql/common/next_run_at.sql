select run_at from jobs
where state in ('queued', 'retryable') and lane = :lane and priority = :priority and run_at > :after
order by run_at
limit 1
