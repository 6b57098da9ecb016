-- SQLite: ids through json_each (PostgreSQL: an array).
update job_details set code = null, message = null, at = :now
where job_id in (select value from json_each(:ids))
