select pipeline, stage, state, count(*) from jobs
where job_id >= :first and job_id < :first_after
group by pipeline, stage, state
