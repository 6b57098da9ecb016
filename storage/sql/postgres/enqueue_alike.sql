-- PostgreSQL: rows through json_array_elements (SQLite: json_each).
-- Jobs that differ in nothing but the correlation id, for which there is no join (enqueue.sql).
-- The ids rise in the order of the list.
insert into jobs (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at, lane)
select :pipeline, :stage, cast(:priority as integer), cast(:run_at as bigint), value,
       cast(:now as bigint), cast(:now as bigint),
       coalesce((select lane from lanes
                 where pipeline = :pipeline and stage = :stage and tenant = :tenant), 0)
from json_array_elements_text(cast(:correlation_ids as json)) with ordinality list (value, n)
order by n
returning job_id
