-- SQLite: rows through json_each; one writer, nobody waits (PostgreSQL: json_array_elements).
-- :keys is a list of [pipeline, unique_key]. A key that nobody has had is made, for nobody yet.
insert or ignore into unique_keys (pipeline, unique_key, job_id, unique_while)
select value ->> 0, value ->> 1, 0, '' from json_each(:keys)
