-- PostgreSQL: ids are an array (SQLite: json_each).
-- The epoch stays: the handler at work must still be able to settle.
update jobs
set cancel_requested = 1, updated_at = :now
where job_id = any(cast(:ids as bigint[]))
  and epoch = :epoch and state = :state and cancel_requested = :cancel_requested
