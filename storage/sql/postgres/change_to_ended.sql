-- PostgreSQL: ids are an array (SQLite: json_each).
update jobs
set stage = :to_stage, state = :to_state, epoch = :to_epoch, attempt = :attempt,
    crashes = :crashes, claimed_by = null, cancel_requested = 0, updated_at = :now
where job_id = any(cast(:ids as bigint[]))
  and epoch = :epoch and state = :state and cancel_requested = :cancel_requested
