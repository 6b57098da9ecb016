-- SQLite: ids through json_each (PostgreSQL: an array).
-- These wait for a place of their concurrency key, where no claim looks.
update or rollback jobs set lane = 4611686018427387904
where job_id in (select value from json_each(:ids)) and state in ('queued', 'retryable')
