-- SQLite: the payload is text (PostgreSQL: json).
update job_details set payload = nullif(:payload, ''), at = :now where job_id = :job
