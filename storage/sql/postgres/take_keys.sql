-- PostgreSQL: rows through json_array_elements (SQLite: json_each).
-- :rows is a list of [pipeline, unique_key, job_id, unique_while].
update unique_keys
set job_id = cast(k.value ->> 2 as bigint), unique_while = k.value ->> 3
from json_array_elements(cast(:rows as json)) k
where unique_keys.pipeline = k.value ->> 0 and unique_keys.unique_key = k.value ->> 1
