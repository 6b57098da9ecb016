-- PostgreSQL: joined laterally, without those that another transaction changes (SQLite: by a subquery).
-- The first job that waits for a place of each concurrency key; :keys is a list of [pipeline, key].
select next.job_id, next.pipeline, next.concurrency_key
from json_array_elements(cast(:keys as json)) w
cross join lateral (
  select k.job_id, k.pipeline, k.concurrency_key
  from keyed_jobs k join jobs j on j.job_id = k.job_id
  where k.pipeline = w.value ->> 0 and k.concurrency_key = w.value ->> 1 and k.waits = 1
    and j.state in ('queued', 'retryable')
  order by k.priority desc, k.run_at, k.job_id limit 1
  for update of k, j skip locked) next
