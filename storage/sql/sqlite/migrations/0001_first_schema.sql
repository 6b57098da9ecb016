-- Works with version 1.
-- Everything of version 1. Times are microseconds UTC and never made here.
-- 1296847427 is "MLRC" (storage/db/sqlite.hpp): the file is millrace's.
pragma application_id = 1296847427;

create table schema_migrations (
  version integer primary key,
  name text not null,
  -- A millrace that knows this version can use the schema.
  works_with integer not null,
  applied_at integer not null
);

-- The hot table: narrow, for each move of a job rewrites its row. A plain
-- insert into jobs (pipeline, stage, run_at, created_at, updated_at) makes a job.
-- (Checks are chains of `or`: `in (...)` costs a microsecond a row.)
create table jobs (
  job_id integer primary key autoincrement,
  pipeline text not null,
  stage text not null,
  state text not null default 'queued'
    check (state = 'queued' or state = 'working' or state = 'retryable' or state = 'done'
           or state = 'deadletter' or state = 'cancelled'),
  priority integer not null default 0
    check (priority >= -2147483648 and priority <= 2147483647),
  run_at integer not null,
  epoch integer not null default 0,
  attempt integer not null default 0,
  crashes integer not null default 0,
  claimed_by integer,
  cancel_requested integer not null default 0,
  correlation_id text not null default '',
  created_at integer not null,
  updated_at integer not null
);

-- What a claim walks; a job that works or has ended is not in it.
create index jobs_claimable on jobs (priority desc, run_at, job_id)
  where state in ('queued', 'retryable');

-- What a rescue walks. No column of it changes while a job works.
create index jobs_working on jobs (claimed_by) where state = 'working';

-- Only for the jobs that have something to keep here.
create table job_details (
  job_id integer primary key,
  payload text,
  output text,
  code text,
  message text,
  at integer not null
);

create table events (
  event_id integer primary key autoincrement,
  job_id integer,
  pipeline text not null,
  stage text not null,
  type text not null
    check (type = 'stage_done' or type = 'stage_started' or type = 'retry' or type = 'error'
           or type = 'finalized' or type = 'control'),
  severity text not null,
  code text,
  message text,
  epoch integer not null,
  attempt integer not null,
  at integer not null,
  correlation_id text not null
);

-- Not every event: one entry for each claim of a job, and for what seldom happens. The others stand
-- between these (storage/history/job_history.hpp). An entry for each event cost a quarter of the throughput,
-- and half of it when jobs are not worked on in the order of their ids (measured).
create index events_by_job on events (job_id, event_id)
  where type <> 'stage_done' and (type <> 'finalized' or code is not null);

create table stage_controls (
  pipeline text not null,
  stage text not null,
  paused_since integer not null,
  paused_by text not null,
  primary key (pipeline, stage)
) without rowid;

create table runtimes (
  runtime_id integer primary key autoincrement,
  host text not null,
  pid integer not null,
  version text not null,
  started_at integer not null,
  lease_until integer not null
);

create table documents (
  document_id text primary key not null,
  owner text not null,
  job_id integer not null,
  name text not null,
  source_path text not null,
  media_type text not null,
  size_bytes integer not null,
  file_sha256 text not null,
  raw_uri text not null,
  status text not null,
  parser text not null default '',
  parsed_uri text not null default '',
  text_sha256 text not null default '',
  chunk_count integer not null default 0,
  embedder text not null default '',
  created_at integer not null,
  updated_at integer not null
);

-- Rows of chunks are wide: these tables keep their rowid, for a tree without one would carry whole
-- rows in its inner pages.
create table chunk_buffer (
  document_id text not null,
  ord integer not null,
  chunk_id text not null,
  heading_path text not null,
  byte_begin integer not null,
  byte_end integer not null,
  text text not null,
  sha256 text not null,
  primary key (document_id, ord)
);

create table chunks (
  document_id text not null,
  ord integer not null,
  chunk_id text not null unique,
  heading_path text not null,
  byte_begin integer not null,
  byte_end integer not null,
  text text not null,
  sha256 text not null,
  embedder text,
  -- float32, little endian
  embedding blob,
  primary key (document_id, ord)
);

create table embedding_buffer (
  document_id text not null,
  embedder text not null,
  ord integer not null,
  embedding blob not null,
  primary key (document_id, embedder, ord)
);

-- What each worker thread of a runtime has in its handler, as [[job_id, epoch], ...], so that others
-- know which jobs to charge when the runtime dies.
create table in_hand (
  runtime_id integer not null,
  slot integer not null,
  jobs text not null,
  primary key (runtime_id, slot)
);
