select priority from jobs
where state in ('queued', 'retryable') and priority < :below
order by priority desc
limit 1
