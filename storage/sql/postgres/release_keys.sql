-- PostgreSQL: ids are an array (SQLite: json_each).
-- Jobs have left the pipeline.
delete from unique_keys where pipeline = :pipeline and job_id = any(cast(:ids as bigint[]))
