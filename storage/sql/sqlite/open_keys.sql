-- SQLite: rows through json_each; with one writer no transaction waits (PostgreSQL:
-- json_array_elements).
-- :keys is a list of [pipeline, unique_key]. A new key is made, held by no job yet.
insert or ignore into unique_keys (pipeline, unique_key, job_id, unique_while)
select value ->> 0, value ->> 1, 0, '' from json_each(:keys)
