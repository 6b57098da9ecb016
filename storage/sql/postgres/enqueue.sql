-- PostgreSQL: rows through json_array_elements (SQLite: json_each).
-- :jobs is a list of texts, each the key of its kind (eight characters) and its correlation id;
-- :kinds maps a key to [pipeline, stage, priority, run_at, tenant]. The ids rise in the order of the jobs.
insert into jobs (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at, lane)
select k.value ->> 0, k.value ->> 1, cast(k.value ->> 2 as integer), cast(k.value ->> 3 as bigint),
       substr(j.value, 9), cast(:now as bigint), cast(:now as bigint), coalesce(l.lane, 0)
from json_array_elements_text(cast(:jobs as json)) with ordinality j (value, n)
join json_each(cast(:kinds as json)) k on k.key = substr(j.value, 1, 8)
left join lanes l
  on l.pipeline = k.value ->> 0 and l.stage = k.value ->> 1 and l.tenant = k.value ->> 4
order by j.n
returning job_id
