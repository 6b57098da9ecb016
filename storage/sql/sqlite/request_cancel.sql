-- SQLite: ids through json_each; `or rollback` saves the statement's journal.
-- The epoch stays: the handler at work must still be able to settle.
update or rollback jobs
set cancel_requested = 1, updated_at = :now
where job_id in (select value from json_each(:ids))
  and epoch = :epoch and state = :state and cancel_requested = :cancel_requested
