-- The next jobs in the order of their ids.
select job_id, pipeline, state, epoch, created_at, updated_at from jobs
where job_id > :after
order by job_id
limit :limit
