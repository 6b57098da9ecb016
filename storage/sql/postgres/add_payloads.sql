-- PostgreSQL: rows through json_array_elements, the payload is json (SQLite: json_each, text).
-- :rows is a list of [job_id, payload].
insert into job_details (job_id, payload, at)
select cast(value ->> 0 as bigint), cast(value ->> 1 as json), cast(:now as bigint)
from json_array_elements(cast(:rows as json))
