-- SQLite: rows through json_each; `or rollback` saves the statement's journal.
-- :rows is a list of [job_id, run_at]: each job waits for its own time.
update or rollback jobs
set stage = :to_stage, state = :to_state, epoch = :to_epoch, attempt = :attempt,
    crashes = :crashes, run_at = due.run_at, claimed_by = null, cancel_requested = 0,
    updated_at = :now,
    lane = coalesce((select l.lane from lanes l
                     where l.pipeline = jobs.pipeline and l.stage = :to_stage
                       and l.tenant = (select tenant from lanes where lane = jobs.lane)), 0)
from (select value ->> 0 as job_id, value ->> 1 as run_at from json_each(:rows)) due
where jobs.job_id = due.job_id
  and epoch = :epoch and state = :state and cancel_requested = :cancel_requested
