-- PostgreSQL: ids are an array (SQLite: json_each).
update job_details set code = null, message = null, at = :now
where job_id = any(cast(:ids as bigint[]))
