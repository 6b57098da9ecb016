-- PostgreSQL: the payload is json (SQLite: text).
update job_details set payload = cast(nullif(:payload, '') as json), at = :now where job_id = :job
