-- The job that a claim takes first of those of one priority in a lane.
select job_id from jobs
where state in ('queued', 'retryable') and lane = :lane and priority = :priority and run_at <= :until
order by run_at, job_id
limit 1
