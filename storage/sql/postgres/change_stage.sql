-- PostgreSQL: ids are an array (SQLite: json_each).
-- A working job stays in its runtime's hands: no index has to be touched.
update jobs
set stage = :to_stage, epoch = :to_epoch, attempt = :attempt, updated_at = :now
where job_id = any(cast(:ids as bigint[]))
  and epoch = :epoch and state = :state and cancel_requested = :cancel_requested
