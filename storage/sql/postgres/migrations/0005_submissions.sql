-- Works with version 1.
-- What a job may be submitted with: a unique key, a tenant, tags; how far a file of jobs has got; and
-- how many jobs a pipeline with a limit has. No row of `jobs` grows by it, and nothing here is written
-- while a job works.

-- For the jobs that have them.
alter table job_details
  add column unique_key text,
  -- While the job is in which states the key holds: queued, unfinished, done or any.
  add column unique_while text,
  add column tenant text,
  -- A JSON list of texts.
  add column tags text;

-- Who holds a unique key. A job that has left the states of `unique_while`, or is gone, holds it no
-- more, and the next one takes the row over: so the end of a job writes nothing here.
create table unique_keys (
  pipeline text collate "C" not null,
  unique_key text collate "C" not null,
  job_id bigint not null,
  unique_while text not null,
  primary key (pipeline, unique_key)
);
create index unique_keys_by_job on unique_keys (job_id);

-- How much of a file of jobs is in, written together with the jobs.
create table submit_batches (
  batch text primary key,
  pipeline text not null,
  lines bigint not null,
  bytes bigint not null,
  -- Of these bytes, so that another file of the same name is noticed.
  sha256 text not null,
  made bigint not null,
  updated_at bigint not null
);

-- The unfinished jobs of pipelines with a queue_limit, and how many they are. Those that have ended are
-- taken out when somebody needs their room.
create table queue_depths (
  pipeline text collate "C" primary key,
  depth bigint not null
);
create table queue_members (
  pipeline text collate "C" not null,
  job_id bigint not null,
  primary key (pipeline, job_id)
);

drop function millrace_submit(text, jsonb, integer, timestamptz, text, text);

-- As before, and with a unique key: where another job of the pipeline holds it, no job is made, and
-- `on_conflict` says what happens: keep answers the other's id, replace gives that one the payload if
-- it waits, reject raises unique_violation.
create function millrace_submit(
  pipeline text,
  payload jsonb default null,
  priority integer default 0,
  run_at timestamptz default null,
  correlation_id text default null,
  stage text default null,
  unique_key text default null,
  unique_while text default 'unfinished',
  on_conflict text default 'keep',
  tenant text default null,
  tags text[] default null
) returns bigint language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  moment bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  first text := millrace_submit.stage;
  made bigint;
  holder bigint;
  holds_while text;
  holder_state text;
begin
  if first is null then
    select p.first_stage into first from pipelines p where p.pipeline = millrace_submit.pipeline;
  end if;
  if first is null then
    raise exception 'no runtime has announced the pipeline %', coalesce(millrace_submit.pipeline, 'null')
      using hint = 'start a runtime that serves it once, or give the stage where the job begins';
  end if;
  if millrace_submit.unique_key is not null then
    if millrace_submit.unique_while not in ('queued', 'unfinished', 'done', 'any')
       or millrace_submit.on_conflict not in ('keep', 'replace', 'reject') then
      raise exception 'unique_while is queued, unfinished, done or any, on_conflict keep, replace or reject';
    end if;
    -- Whoever else submits the key waits for this transaction from here on.
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
        update job_details set payload = millrace_submit.payload, at = moment
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
  if millrace_submit.payload is not null or millrace_submit.unique_key is not null
     or millrace_submit.tenant is not null or millrace_submit.tags is not null then
    insert into job_details (job_id, payload, at, unique_key, unique_while, tenant, tags)
    values (made, millrace_submit.payload, moment, millrace_submit.unique_key,
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
