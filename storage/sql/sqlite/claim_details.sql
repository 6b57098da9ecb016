-- SQLite: ids through json_each; each row is read alone, however large it is (PostgreSQL: unnest, and
-- what is large is left out). Of the jobs that have something for a handler.
select d.job_id, coalesce(d.payload, ''), coalesce(d.output, ''), coalesce(d.tags, ''),
       coalesce(d.parent, 0), coalesce(cast(substr(d.traceparent, 1, 60) as text), ''),
       d.concurrency_key is not null, 0
from json_each(:ids) i cross join job_details d on d.job_id = i.value
where d.payload is not null or d.output is not null or d.tags is not null or d.parent is not null
   or d.traceparent is not null or d.concurrency_key is not null
