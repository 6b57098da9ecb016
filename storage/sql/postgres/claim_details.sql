-- PostgreSQL: ids are an array (SQLite: json_each). In the order of the ids, of the
-- jobs that have something for a handler. What is large is left out and told, for a result is held in
-- memory as a whole: large_details reads it.
select d.job_id, case when s.is_large then '' else coalesce(cast(d.payload as text), '') end,
       case when s.is_large then '' else coalesce(cast(d.output as text), '') end,
       coalesce(d.tags, ''), coalesce(d.parent, 0), coalesce(left(d.traceparent, 60), ''),
       cast(d.concurrency_key is not null as integer), cast(s.is_large as integer)
from unnest(cast(:ids as bigint[])) with ordinality i (job_id, n)
join job_details d on d.job_id = i.job_id
cross join lateral (
  select coalesce(pg_column_size(d.payload), 0) + coalesce(pg_column_size(d.output), 0) > 8192
    as is_large) s
where d.payload is not null or d.output is not null or d.tags is not null or d.parent is not null
   or d.traceparent is not null or d.concurrency_key is not null
order by i.n
