-- PostgreSQL: rows through json_array_elements (SQLite: json_each).
-- Says which jobs have a place of their concurrency key, or wait for one; :rows is a list of
-- [job_id, pipeline, key, priority, run_at, waits].
insert into keyed_jobs (job_id, pipeline, concurrency_key, priority, run_at, waits)
select cast(value ->> 0 as bigint), value ->> 1, value ->> 2, cast(value ->> 3 as integer),
       cast(value ->> 4 as bigint), cast(value ->> 5 as integer)
from json_array_elements(cast(:rows as json))
on conflict (job_id) do update
set pipeline = excluded.pipeline, concurrency_key = excluded.concurrency_key,
    priority = excluded.priority, run_at = excluded.run_at, waits = excluded.waits
