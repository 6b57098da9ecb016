-- PostgreSQL: ids are an array (SQLite: json_each).
delete from queue_members where pipeline = :pipeline and job_id = any(cast(:ids as bigint[]))
