-- SQLite: ids through json_each (PostgreSQL: an array).
-- Those that have a concurrency key, and what they have or want of it: -1 where that is nothing yet.
select d.job_id, coalesce(k.pipeline, j.pipeline), coalesce(k.concurrency_key, cast(d.concurrency_key as text)),
       coalesce(k.waits, -1)
from json_each(:ids) i cross join job_details d on d.job_id = i.value
cross join jobs j on j.job_id = d.job_id
left join keyed_jobs k on k.job_id = d.job_id
where d.concurrency_key is not null
