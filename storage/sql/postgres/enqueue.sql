-- PostgreSQL: rows come through json_array_elements (SQLite: json_each), and each looks its kind up: a
-- join that keeps their order would compare every job with every kind.
-- :jobs is a list of texts, each the key of its kind (eight characters) and its correlation id;
-- :kinds maps a key to [pipeline, stage, priority, run_at, tenant, whether it has
-- a concurrency key: then it is sorted into its lane later]. The ids rise in the order of the jobs.
insert into jobs (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at, lane)
select k.kind ->> 0, k.kind ->> 1, cast(k.kind ->> 2 as integer), cast(k.kind ->> 3 as bigint),
       substr(j.value, 9), cast(:now as bigint), cast(:now as bigint), coalesce(l.lane, 0)
from json_array_elements_text(cast(:jobs as json)) with ordinality j (value, n)
-- The offset keeps it from being looked up for each of its members.
cross join lateral (
  select (select cast(:kinds as jsonb)) -> substr(j.value, 1, 8) as kind offset 0) k
left join lanes l
  on l.pipeline = k.kind ->> 0 and l.stage = k.kind ->> 1
  and l.tenant = case k.kind ->> 5 when '0' then k.kind ->> 4 end
order by j.n
returning job_id
