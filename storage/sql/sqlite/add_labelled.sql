-- SQLite: rows through json_each (PostgreSQL: json_array_elements, json).
-- add_payloads for jobs that have more than a payload; :rows is a list of
-- [job_id, payload, unique_key, unique_while, tenant, tags, parent, traceparent,
-- concurrency_key], texts that are empty and a parent that is 0 for none.
insert or rollback into job_details (job_id, payload, unique_key, unique_while, tenant, tags, parent, traceparent,
                                     concurrency_key, at)
select value ->> 0, nullif(value ->> 1, ''), nullif(value ->> 2, ''), nullif(value ->> 3, ''),
       nullif(value ->> 4, ''), nullif(value ->> 5, ''), nullif(value ->> 6, 0),
       nullif(value ->> 7, ''), nullif(value ->> 8, ''), :now
from json_each(:rows)
