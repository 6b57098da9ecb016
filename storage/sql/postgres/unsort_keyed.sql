-- PostgreSQL: ids are an array (SQLite: json_each).
-- Those that wait are sorted again; tells where they stand.
update jobs set lane = 0
where job_id = any(cast(:ids as bigint[])) and state in ('queued', 'retryable')
returning job_id, priority, run_at
