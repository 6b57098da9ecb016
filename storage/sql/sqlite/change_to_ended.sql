-- SQLite: ids through json_each; `or rollback` saves the statement's journal.
update or rollback jobs
set stage = :to_stage, state = :to_state, epoch = :to_epoch, attempt = :attempt,
    crashes = :crashes, claimed_by = null, cancel_requested = 0, updated_at = :now
where job_id in (select value from json_each(:ids))
  and epoch = :epoch and state = :state and cancel_requested = :cancel_requested
