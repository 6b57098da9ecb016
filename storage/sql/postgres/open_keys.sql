-- PostgreSQL: rows through json_array_elements (SQLite: json_each). Whoever else opens one of the keys
-- waits until the transaction ends; all do so in the order of the keys.
-- :keys is a list of [pipeline, unique_key]. A key that nobody has had is made, for nobody yet.
insert into unique_keys (pipeline, unique_key, job_id, unique_while)
select value ->> 0, value ->> 1, 0, ''
from json_array_elements(cast(:keys as json)) with ordinality list (value, n)
order by n
on conflict (pipeline, unique_key) do nothing
