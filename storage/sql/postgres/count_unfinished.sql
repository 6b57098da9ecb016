-- PostgreSQL: ids are an array (SQLite: json_each).
select count(*) from jobs
where job_id = any(cast(:ids as bigint[])) and state in ('queued', 'working', 'retryable')
