-- SQLite: the payload is text (PostgreSQL: jsonb).
update job_details set payload = nullif(:payload, ''), at = :now where job_id = :job
