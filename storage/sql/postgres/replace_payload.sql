-- PostgreSQL: the payload is jsonb (SQLite: text).
update job_details set payload = cast(nullif(:payload, '') as jsonb), at = :now where job_id = :job
