-- SQLite: rows come through json_each (PostgreSQL: json_array_elements).
-- :jobs is a list of texts, each the key of its kind (eight characters) and its correlation id;
-- :kinds maps a key to [pipeline, stage, priority, run_at, tenant, whether it has
-- a concurrency key: then it is sorted into its lane later]. The ids rise in the order of the jobs.
with kinds (kind, pipeline, stage, priority, run_at, lane) as materialized (
  select key, value ->> 0, value ->> 1, value ->> 2, value ->> 3, coalesce(l.lane, 0)
  from json_each(:kinds)
  left join lanes l on l.pipeline = value ->> 0 and l.stage = value ->> 1
                     and l.tenant = value ->> 4 and value ->> 5 = 0)
insert or rollback into jobs
  (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at, lane)
select k.pipeline, k.stage, k.priority, k.run_at, substr(j.value, 9), :now, :now, k.lane
from json_each(:jobs) j cross join kinds k on k.kind = substr(j.value, 1, 8)
returning job_id
