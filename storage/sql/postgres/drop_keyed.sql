-- PostgreSQL: ids are an array (SQLite: json_each).
delete from keyed_jobs where job_id = any(cast(:ids as bigint[]))
