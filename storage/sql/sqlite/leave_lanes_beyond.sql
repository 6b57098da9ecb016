-- SQLite: one writer (PostgreSQL: without rows that others hold).
-- Takes jobs out of lanes with numbers above key_lane (storage/claim/lanes.hpp): they are sorted again.
update or rollback jobs set lane = 0
where job_id in (
  select job_id from jobs
  where state in ('queued', 'retryable') and lane > 4611686018427387904
  order by lane, priority desc, run_at, job_id
  limit :limit)
returning job_id, priority, run_at
