-- SQLite: by a subquery (PostgreSQL: joined laterally).
-- The first job that waits for a place of each concurrency key; :keys is a list of [pipeline, key].
select k.job_id, k.pipeline, k.concurrency_key
from json_each(:keys) w
cross join keyed_jobs k on k.job_id = (
  select job_id from keyed_jobs
  where pipeline = w.value ->> 0 and concurrency_key = w.value ->> 1 and waits = 1
  order by priority desc, run_at, job_id limit 1)
