-- The jobs of a pipeline whose limit is new; so many at most. The bounds, which hold for every row, lead
-- through the indexes of the jobs that wait and of those at work.
insert into queue_members (pipeline, job_id)
select pipeline, job_id from (
  select pipeline, job_id from jobs
  where state in ('queued', 'retryable') and lane >= 0 and pipeline = :pipeline
  union all
  select pipeline, job_id from jobs
  where state = 'working' and claimed_by >= 0 and pipeline = :pipeline) as unfinished
limit :limit
