-- PostgreSQL: rows through json_array_elements, the payload is json (SQLite: json_each, text).
-- add_payloads for jobs that have more than a payload; :rows is a list of
-- [job_id, payload, unique_key, unique_while, tenant, tags, parent, traceparent,
-- concurrency_key], texts that are empty and a parent that is 0 for none.
insert into job_details (job_id, payload, unique_key, unique_while, tenant, tags, parent, traceparent,
                         concurrency_key, at)
select cast(value ->> 0 as bigint), cast(nullif(value ->> 1, '') as json), nullif(value ->> 2, ''),
       nullif(value ->> 3, ''), nullif(value ->> 4, ''), nullif(value ->> 5, ''),
       nullif(cast(value ->> 6 as bigint), 0), nullif(value ->> 7, ''),
       nullif(value ->> 8, ''), cast(:now as bigint)
from json_array_elements(cast(:rows as json))
