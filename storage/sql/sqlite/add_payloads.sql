-- SQLite: rows through json_each (PostgreSQL: json_array_elements, json).
-- :rows is a list of [job_id, payload].
insert or rollback into job_details (job_id, payload, at)
select value ->> 0, value ->> 1, :now from json_each(:rows)
