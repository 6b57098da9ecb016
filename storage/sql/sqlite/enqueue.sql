-- SQLite: rows come through json_each (PostgreSQL: json_array_elements).
-- :jobs is a list of texts, each the key of its kind (eight characters) and its correlation id;
-- :kinds maps a key to [pipeline, stage, priority, run_at]. The ids rise in the order of the jobs.
with kinds (kind, pipeline, stage, priority, run_at) as materialized (
  select key, value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(:kinds))
insert or rollback into jobs
  (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at)
select k.pipeline, k.stage, k.priority, k.run_at, substr(j.value, 9), :now, :now
from json_each(:jobs) j cross join kinds k on k.kind = substr(j.value, 1, 8)
returning job_id
