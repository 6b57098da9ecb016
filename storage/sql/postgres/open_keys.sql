-- PostgreSQL: rows through json_array_elements (SQLite: json_each). Another transaction that opens
-- one of the keys waits until this one ends; all open them in the order of the keys.
-- :keys is a list of [pipeline, unique_key]. A new key is made, held by no job yet.
insert into unique_keys (pipeline, unique_key, job_id, unique_while)
select value ->> 0, value ->> 1, 0, ''
from json_array_elements(cast(:keys as json)) with ordinality list (value, n)
order by n
on conflict (pipeline, unique_key) do nothing
