-- SQLite: ids through json_each (PostgreSQL: an array).
delete from queue_members where pipeline = :pipeline and job_id in (select value from json_each(:ids))
