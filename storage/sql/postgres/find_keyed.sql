-- PostgreSQL: ids are an array (SQLite: json_each).
-- Those that have a concurrency key, and what they have or want of it: -1 where that is nothing yet.
select d.job_id, coalesce(k.pipeline, j.pipeline), coalesce(k.concurrency_key, d.concurrency_key),
       coalesce(k.waits, -1)
from job_details d
join jobs j on j.job_id = d.job_id
left join keyed_jobs k on k.job_id = d.job_id
where d.job_id = any(cast(:ids as bigint[])) and d.concurrency_key is not null
