-- Of a range of ids: those that have not ended.
select job_id, epoch, pipeline, stage, cast(state as text)
from jobs
where job_id >= :first and job_id <= :last and state in ('queued', 'retryable', 'working')
  and (:state = '' or cast(state as text) = :state)
  and (:pipeline = '' or pipeline = :pipeline) and (:stage = '' or stage = :stage)
  and (:code = '' or (select code from job_details d where d.job_id = jobs.job_id) = :code)
order by job_id
