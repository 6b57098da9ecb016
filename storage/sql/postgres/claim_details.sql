-- PostgreSQL: ids are an array (SQLite: json_each). In the order of the ids, of the
-- jobs that have something for a handler.
select d.job_id, coalesce(cast(d.payload as text), ''), coalesce(cast(d.output as text), ''),
       coalesce(d.tags, ''), coalesce(d.parent, 0)
from unnest(cast(:ids as bigint[])) with ordinality i (job_id, n)
join job_details d on d.job_id = i.job_id
where d.payload is not null or d.output is not null or d.tags is not null or d.parent is not null
order by i.n
