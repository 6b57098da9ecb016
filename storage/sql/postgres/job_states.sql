-- PostgreSQL: ids are an array (SQLite: json_each).
select job_id, state from jobs where job_id = any(cast(:ids as bigint[]))
