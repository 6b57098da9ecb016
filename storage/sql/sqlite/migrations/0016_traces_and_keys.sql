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
  job_id integer primary key not null,
  pipeline text not null,
  concurrency_key text not null,
  priority integer not null,
  run_at integer not null,
  waits integer not null
);
create index keyed_jobs_with_place on keyed_jobs (pipeline, concurrency_key) where waits = 0;
create index keyed_jobs_in_turn on keyed_jobs
  (pipeline, concurrency_key, priority desc, run_at, job_id) where waits = 1;
create index keyed_jobs_scheduled on keyed_jobs (run_at) where waits = 2;
