-- SQLite: ids through json_each; `or rollback` saves the statement's journal.
-- A working job stays in its runtime's hands: no index has to be touched.
update or rollback jobs
set stage = :to_stage, epoch = :to_epoch, attempt = :attempt, crashes = :crashes,
    updated_at = :now
where job_id in (select value from json_each(:ids))
  and epoch = :epoch and state = :state and cancel_requested = :cancel_requested
