-- Works with version 1.
-- Submitting with SQL, in the caller's own transaction, from any language.

-- What the runtimes serve: who submits with plain SQL need not know where a pipeline begins.
create table pipelines (
  pipeline text primary key not null,
  first_stage text not null,
  updated_at bigint not null
);

-- Who waits for jobs is woken when the insert commits. A statement notifies once, however many jobs
-- it inserts; what is not heard is found by polling.
create function millrace_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('millrace.' || tg_table_schema, '');
  return null;
end
$$;

create trigger jobs_wake after insert on jobs
  for each statement execute function millrace_notify();

-- Makes a job and answers its id, in this schema, whatever the search path of the caller. `stage` is
-- where it begins, by default the first of a pipeline that a runtime has announced. `run_at` and the
-- time of creation are the caller's: this function asks for the time, as no statement of a runtime
-- does, for it has nobody else to ask.
create function millrace_submit(
  pipeline text,
  payload jsonb default null,
  priority integer default 0,
  run_at timestamptz default null,
  correlation_id text default null,
  stage text default null
) returns bigint language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  at bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  first text := millrace_submit.stage;
  made bigint;
begin
  if first is null then
    select p.first_stage into first from pipelines p where p.pipeline = millrace_submit.pipeline;
  end if;
  if first is null then
    raise exception 'no runtime has announced the pipeline %', coalesce(pipeline, 'null')
      using hint = 'start a runtime that serves it once, or give the stage where the job begins';
  end if;
  insert into jobs (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at)
  values (millrace_submit.pipeline, first, millrace_submit.priority,
          coalesce((extract(epoch from millrace_submit.run_at) * 1000000)::bigint, at),
          coalesce(millrace_submit.correlation_id, left(replace(gen_random_uuid()::text, '-', ''), 16)),
          at, at)
  returning job_id into made;
  if millrace_submit.payload is not null then
    insert into job_details (job_id, payload, at) values (made, millrace_submit.payload, at);
  end if;
  return made;
end
$$;
