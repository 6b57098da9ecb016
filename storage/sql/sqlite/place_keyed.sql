-- SQLite: rows through json_each (PostgreSQL: json_array_elements).
-- Says which jobs have a place of their concurrency key, or wait for one; :rows is a list of
-- [job_id, pipeline, key, priority, run_at, waits].
insert or replace into keyed_jobs (job_id, pipeline, concurrency_key, priority, run_at, waits)
select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
from json_each(:rows)
