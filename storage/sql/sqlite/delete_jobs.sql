-- SQLite: ids through json_each (PostgreSQL: an array).
delete from jobs where job_id in (select value from json_each(:ids))
