-- SQLite: ids through json_each (PostgreSQL: an array).
-- Jobs have left the pipeline.
delete from unique_keys where pipeline = :pipeline and job_id in (select value from json_each(:ids))
