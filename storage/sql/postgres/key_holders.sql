-- PostgreSQL: rows through json_array_elements, and the keys are held until the transaction ends, in
-- their order (SQLite: json_each, one writer).
select u.pipeline, u.unique_key, u.job_id, u.unique_while
from json_array_elements(cast(:keys as json)) k
join unique_keys u on u.pipeline = k.value ->> 0 and u.unique_key = k.value ->> 1
order by u.pipeline, u.unique_key
for update of u
