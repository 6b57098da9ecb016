-- Those in a state of the jobs of a range of ids. A code is looked up job by job: joined, all of the details
-- might be read.
select job_id, epoch, pipeline, stage,
       coalesce((select code from job_details d where d.job_id = jobs.job_id), '')
from jobs
where job_id >= :first and job_id <= :last and cast(state as text) = :state
  and (:pipeline = '' or pipeline = :pipeline) and (:stage = '' or stage = :stage)
  and (:code = '' or (select code from job_details d where d.job_id = jobs.job_id) = :code)
order by job_id
