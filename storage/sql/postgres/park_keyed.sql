-- PostgreSQL: ids are an array (SQLite: json_each).
-- These wait for a place of their concurrency key, where no claim looks.
update jobs set lane = 4611686018427387904
where job_id = any(cast(:ids as bigint[])) and state in ('queued', 'retryable')
