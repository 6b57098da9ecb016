-- PostgreSQL: rows through json_array_elements (SQLite: json_each).
-- :rows is a list of [job_id, run_at]: each job waits for its own time.
update jobs
set stage = :to_stage, state = :to_state, epoch = :to_epoch, attempt = :attempt,
    crashes = :crashes, run_at = due.run_at, claimed_by = null, cancel_requested = 0,
    updated_at = :now
from (select cast(value ->> 0 as bigint) as job_id, cast(value ->> 1 as bigint) as run_at
      from json_array_elements(cast(:rows as json))) due
where jobs.job_id = due.job_id
  and epoch = :epoch and state = :state and cancel_requested = :cancel_requested
