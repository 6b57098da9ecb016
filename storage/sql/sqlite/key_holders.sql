-- SQLite: rows through json_each; one writer, nothing to hold (PostgreSQL: for update).
select u.pipeline, u.unique_key, u.job_id, u.unique_while
from json_each(:keys) k
cross join unique_keys u on u.pipeline = k.value ->> 0 and u.unique_key = k.value ->> 1
