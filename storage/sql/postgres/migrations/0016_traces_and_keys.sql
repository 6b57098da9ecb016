-- Works with version 6.
-- Documents of an owner, in pages; before the rest, which holds up claims.
create index documents_by_owner on documents (owner, document_id);

-- Where the trace of a job goes on (W3C Trace Context), 55 characters; and of which jobs only so many
-- are at work at once.
alter table job_details add column traceparent text;
alter table job_details add column concurrency_key text;

-- Unfinished jobs with a concurrency key that were sorted: waits is 0 for one that has a place, 1 for
-- one that waits for it, 2 for one whose time had not come; these two are in the lane
-- 4611686018427387904.
create table keyed_jobs (
  job_id bigint primary key not null,
  pipeline text collate "C" not null,
  concurrency_key text collate "C" not null,
  priority integer not null,
  run_at bigint not null,
  waits integer not null
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_limit = 400);
create index keyed_jobs_with_place on keyed_jobs (pipeline, concurrency_key) where waits = 0;
create index keyed_jobs_in_turn on keyed_jobs
  (pipeline, concurrency_key, priority desc, run_at, job_id) where waits = 1;
create index keyed_jobs_scheduled on keyed_jobs (run_at) where waits = 2;

-- Those who may call it may call the new one.
select pg_catalog.set_config('millrace.may_submit', coalesce(cast(p.proacl as text), ''), true)
from pg_catalog.pg_proc p
where p.proname = 'millrace_submit' and p.pronamespace = cast(pg_catalog.quote_ident(pg_catalog.current_schema()) as regnamespace);

drop function millrace_submit(text, anycompatible, integer, timestamptz, text, text, text, text, text,
                              text, text[]);

-- As before, with a trace and a concurrency key.
create function millrace_submit(
  pipeline text,
  payload anycompatible default null,
  priority integer default 0,
  run_at timestamptz default null,
  correlation_id text default null,
  stage text default null,
  unique_key text default null,
  unique_while text default 'unfinished',
  on_conflict text default 'keep',
  tenant text default null,
  tags text[] default null,
  traceparent text default null,
  concurrency_key text default null
) returns bigint language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  document json := cast(cast(millrace_submit.payload as text) as json);
  moment bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  first text := millrace_submit.stage;
  made bigint;
  holder bigint;
  holds_while text;
  holder_state text;
begin
  -- Refuses what jsonb refuses and json does not: NUL characters, halves of characters.
  perform cast(document as jsonb);
  if first is null then
    select p.first_stage into first from pipelines p where p.pipeline = millrace_submit.pipeline;
  end if;
  if first is null then
    raise exception 'no runtime has announced the pipeline %', coalesce(millrace_submit.pipeline, 'null')
      using hint = 'start a runtime that serves it once, or give the stage where the job begins';
  end if;
  if millrace_submit.traceparent !~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'
     or millrace_submit.traceparent ~ '^00-0{32}' or millrace_submit.traceparent ~ '-0{16}-' then
    raise exception '% is no traceparent', millrace_submit.traceparent
      using hint = 'give what the W3C Trace Context says, version 00';
  end if;
  if millrace_submit.unique_key is not null then
    if millrace_submit.unique_while not in ('queued', 'unfinished', 'done', 'any')
       or millrace_submit.on_conflict not in ('keep', 'replace', 'reject') then
      raise exception 'unique_while is queued, unfinished, done or any, on_conflict keep, replace or reject';
    end if;
    -- Another transaction that submits the key waits for this one from here on.
    loop
      insert into unique_keys (pipeline, unique_key, job_id, unique_while)
      values (millrace_submit.pipeline, millrace_submit.unique_key, 0, '')
      on conflict (pipeline, unique_key) do nothing;
      select u.job_id, u.unique_while into holder, holds_while from unique_keys u
      where u.pipeline = millrace_submit.pipeline and u.unique_key = millrace_submit.unique_key
      for update;
      exit when found;
    end loop;
    select cast(j.state as text) into holder_state from jobs j where j.job_id = holder;
    if holder_state is not null
       and (holder_state in ('queued', 'retryable')
            or (holder_state = 'working' and holds_while <> 'queued')
            or (holder_state = 'done' and holds_while in ('done', 'any'))
            or holds_while = 'any') then
      if millrace_submit.on_conflict = 'reject' then
        raise exception 'job % of % holds the unique key %', holder, millrace_submit.pipeline, millrace_submit.unique_key
          using errcode = 'unique_violation';
      elsif millrace_submit.on_conflict = 'replace' then
        perform 1 from jobs j where j.job_id = holder and j.state in ('queued', 'retryable') for update;
        if not found then
          raise exception 'job % of % holds the unique key % and does not wait any more',
            holder, millrace_submit.pipeline, millrace_submit.unique_key using errcode = 'unique_violation';
        end if;
        update job_details set payload = document, at = moment
        where job_details.job_id = holder;
        insert into events (job_id, at, epoch, attempt, type, severity, pipeline, stage, correlation_id,
                            code, message)
        select j.job_id, moment, j.epoch, j.attempt, 'control', 'info', j.pipeline, j.stage,
               j.correlation_id, 'PAYLOAD_REPLACED', 'by a submit with its unique key'
        from jobs j where j.job_id = holder;
      end if;
      return holder;
    end if;
  end if;
  insert into jobs (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at)
  values (millrace_submit.pipeline, first, millrace_submit.priority,
          coalesce((extract(epoch from millrace_submit.run_at) * 1000000)::bigint, moment),
          coalesce(millrace_submit.correlation_id, left(replace(gen_random_uuid()::text, '-', ''), 16)),
          moment, moment)
  returning job_id into made;
  -- A role that may insert what the version before had needs no more for that.
  if millrace_submit.traceparent is not null or millrace_submit.concurrency_key is not null then
    insert into job_details (job_id, payload, at, unique_key, unique_while, tenant, tags, traceparent,
                             concurrency_key)
    values (made, document, moment, millrace_submit.unique_key,
            case when millrace_submit.unique_key is not null then millrace_submit.unique_while end,
            millrace_submit.tenant, cast(to_jsonb(millrace_submit.tags) as text),
            millrace_submit.traceparent, nullif(millrace_submit.concurrency_key, ''));
  elsif document is not null or millrace_submit.unique_key is not null
     or millrace_submit.tenant is not null or millrace_submit.tags is not null then
    insert into job_details (job_id, payload, at, unique_key, unique_while, tenant, tags)
    values (made, document, moment, millrace_submit.unique_key,
            case when millrace_submit.unique_key is not null then millrace_submit.unique_while end,
            millrace_submit.tenant, cast(to_jsonb(millrace_submit.tags) as text));
  end if;
  if millrace_submit.unique_key is not null then
    update unique_keys u set job_id = made, unique_while = millrace_submit.unique_while
    where u.pipeline = millrace_submit.pipeline and u.unique_key = millrace_submit.unique_key;
  end if;
  return made;
end
$$;

do $do$
declare
  home text := pg_catalog.current_schema();
  may record;
begin
  execute format('alter function %1$I.millrace_submit set search_path = pg_catalog, %1$I, pg_temp', home);
  execute format('revoke execute on function %I.millrace_submit from public', home);
  for may in
    select case when g.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee,
           case when g.is_grantable then ' with grant option' else '' end as further
    from aclexplode(cast(nullif(current_setting('millrace.may_submit'), '') as aclitem[])) g
    left join pg_roles r on r.oid = g.grantee
    where g.grantee = 0 or r.rolname is not null
  loop
    execute format('grant execute on function %I.millrace_submit to %s%s', home, may.grantee, may.further);
  end loop;
end
$do$;
