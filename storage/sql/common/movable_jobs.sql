-- Of a range of ids: those that can be moved to another stage, and those at work, which cannot.
select job_id, epoch, pipeline, stage, cast(state as text)
from jobs
where job_id >= :first and job_id <= :last
  and state in ('queued', 'retryable', 'deadletter', 'working')
  and (:state = '' or cast(state as text) = :state or state = 'working')
  and (:pipeline = '' or pipeline = :pipeline) and (:stage = '' or stage = :stage)
  and (:code = '' or (select code from job_details d where d.job_id = jobs.job_id) = :code)
order by job_id
