select pipeline, stage, state, count(*) from jobs
where job_id >= :first and job_id <= :last
group by pipeline, stage, state
