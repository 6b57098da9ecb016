-- PostgreSQL: rows through json_array_elements (SQLite: json_each).
-- :jobs is a list of texts, each the key of its kind (eight characters) and its correlation id;
-- :kinds maps a key to [pipeline, stage, priority, run_at], taken apart once and not for each job.
-- The ids rise in the order of the jobs.
with kinds as materialized (
  select key, value ->> 0 as pipeline, value ->> 1 as stage,
         cast(value ->> 2 as integer) as priority, cast(value ->> 3 as bigint) as run_at
  from json_each(cast(:kinds as json)))
insert into jobs (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at)
select k.pipeline, k.stage, k.priority, k.run_at, substr(j.value, 9), cast(:now as bigint),
       cast(:now as bigint)
from json_array_elements_text(cast(:jobs as json)) with ordinality j (value, n)
join kinds k on k.key = substr(j.value, 1, 8)
order by j.n
returning job_id
