-- SQLite: rows through json_each (PostgreSQL: json_array_elements).
-- :rows is a list of [pipeline, unique_key, job_id, unique_while].
update unique_keys
set job_id = k.value ->> 2, unique_while = k.value ->> 3
from json_each(:rows) k
where unique_keys.pipeline = k.value ->> 0 and unique_keys.unique_key = k.value ->> 1
