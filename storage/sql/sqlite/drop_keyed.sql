-- SQLite: ids through json_each (PostgreSQL: an array).
delete from keyed_jobs where job_id in (select value from json_each(:ids))
