-- SQLite: ids through json_each (PostgreSQL: an array).
-- Those that wait are sorted again; tells where they stand.
update or rollback jobs set lane = 0
where job_id in (select value from json_each(:ids)) and state in ('queued', 'retryable')
returning job_id, priority, run_at
