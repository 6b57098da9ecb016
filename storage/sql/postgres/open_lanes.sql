-- PostgreSQL: on conflict do nothing, rows through json_array_elements (SQLite: insert or ignore).
-- Makes the lanes that are not there yet; :lanes is a list of [pipeline, stage, tenant]. Nothing while
-- another transaction makes some: that may last, and a job can wait without a lane. 1296847428 is the
-- lock's number, one more than that of migrations, in this schema; it is asked for where a
-- lane is missing.
with missing as materialized (
  select value ->> 0 as pipeline, value ->> 1 as stage, value ->> 2 as tenant
  from json_array_elements(cast(:lanes as json))
  where not exists (
    select 1 from lanes l
    where l.pipeline = value ->> 0 and l.stage = value ->> 1 and l.tenant = value ->> 2))
insert into lanes (pipeline, stage, tenant)
select pipeline, stage, tenant from missing
where pg_try_advisory_xact_lock(1296847428, hashtext(current_schema()))
on conflict (pipeline, stage, tenant) do nothing
