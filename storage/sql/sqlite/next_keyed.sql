-- SQLite: by a subquery (PostgreSQL: joined laterally).
-- The first job that waits for a place of each concurrency key; :keys is a list of [pipeline, key].
select k.job_id, k.pipeline, k.concurrency_key
from json_each(:keys) w
cross join keyed_jobs k on k.job_id = (
  select n.job_id from keyed_jobs n cross join jobs j on j.job_id = n.job_id
  where n.pipeline = w.value ->> 0 and n.concurrency_key = w.value ->> 1 and n.waits = 1
    and j.state in ('queued', 'retryable')
  order by n.priority desc, n.run_at, n.job_id limit 1)
