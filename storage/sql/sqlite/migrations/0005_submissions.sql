-- Works with version 1.
-- What a job may be submitted with: a unique key, a tenant, tags; how far a file of jobs has got; and
-- how many jobs a pipeline with a limit has. No row of `jobs` grows by it, and nothing here is written
-- while a job works.

-- For the jobs that have them. While the job is in the states of unique_while (queued, unfinished, done
-- or any) its key holds; tags are a JSON list of texts.
alter table job_details add column unique_key text;
alter table job_details add column unique_while text;
alter table job_details add column tenant text;
alter table job_details add column tags text;

-- Who holds a unique key. A job that has left the states of `unique_while`, or is gone, holds it no
-- more, and the next one takes the row over: so the end of a job writes nothing here.
create table unique_keys (
  pipeline text not null,
  unique_key text not null,
  job_id integer not null,
  unique_while text not null,
  primary key (pipeline, unique_key)
) without rowid;
create index unique_keys_by_job on unique_keys (job_id);

-- How much of a file of jobs is in, written together with the jobs. sha256 is of these bytes, so that
-- another file of the same name is noticed.
create table submit_batches (
  batch text primary key not null,
  pipeline text not null,
  lines integer not null,
  bytes integer not null,
  sha256 text not null,
  made integer not null,
  updated_at integer not null
);

-- The unfinished jobs of pipelines with a queue_limit, and how many they are. Those that have ended are
-- taken out when somebody needs their room.
create table queue_depths (
  pipeline text primary key not null,
  depth integer not null
);
create table queue_members (
  pipeline text not null,
  job_id integer not null,
  primary key (pipeline, job_id)
) without rowid;
