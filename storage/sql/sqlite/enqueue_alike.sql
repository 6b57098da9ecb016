-- SQLite: rows come through json_each (PostgreSQL: json_array_elements).
-- Jobs that differ in nothing but the correlation id, for which there is no join (enqueue.sql).
-- The ids rise in the order of the list.
insert or rollback into jobs
  (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at)
select :pipeline, :stage, :priority, :run_at, value, :now, :now
from json_each(:correlation_ids)
returning job_id
