-- SQLite: rows come through json_each (PostgreSQL: json_array_elements).
-- Jobs that differ in nothing but the correlation id, for which there is no join (enqueue.sql).
-- The ids rise in the order of the list.
insert or rollback into jobs
  (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at, lane)
select :pipeline, :stage, :priority, :run_at, value, :now, :now,
       coalesce((select lane from lanes
                 where pipeline = :pipeline and stage = :stage and tenant = :tenant), 0)
from json_each(:correlation_ids)
returning job_id
