-- PostgreSQL: rows through json_array_elements (SQLite: json_each).
-- :jobs is a list of texts, each the key of its kind (eight characters) and its correlation id;
-- :kinds maps a key to [pipeline, stage, priority, run_at]. The ids rise in the order of the jobs.
insert into jobs (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at)
select k.value ->> 0, k.value ->> 1, cast(k.value ->> 2 as integer), cast(k.value ->> 3 as bigint),
       substr(j.value, 9), cast(:now as bigint), cast(:now as bigint)
from json_array_elements_text(cast(:jobs as json)) with ordinality j (value, n)
join json_each(cast(:kinds as json)) k on k.key = substr(j.value, 1, 8)
order by j.n
returning job_id
