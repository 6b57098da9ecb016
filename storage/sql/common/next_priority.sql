select priority from jobs
where state in ('queued', 'retryable') and priority < cast(:below as bigint)
order by priority desc
limit 1
