-- How many jobs of a stage a runtime has claimed that go before a job, those at work among them.
select count(*) from jobs
where state = 'working' and claimed_by = :runtime and pipeline = :pipeline and stage = :stage
  and (priority > :priority or (priority = :priority and (run_at, job_id) < (:run_at, :job)))
