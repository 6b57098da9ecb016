-- PostgreSQL: on conflict do nothing, ids as an array (SQLite: insert or ignore).
-- The lanes of jobs that have none; nothing while another transaction makes some, as in open_lanes.sql.
with missing as materialized (
  select distinct j.pipeline, j.stage, coalesce(d.tenant, '') as tenant
  from unnest(cast(:ids as bigint[])) i (job_id)
  join jobs j on j.job_id = i.job_id
  left join job_details d on d.job_id = j.job_id
  where not exists (
    select 1 from lanes l
    where l.pipeline = j.pipeline and l.stage = j.stage and l.tenant = coalesce(d.tenant, '')))
insert into lanes (pipeline, stage, tenant)
select pipeline, stage, tenant from missing
where pg_try_advisory_xact_lock(1296847428, hashtext(current_schema()))
on conflict (pipeline, stage, tenant) do nothing
