-- Works with version 1.
-- Submitting with SQL: a plain insert into jobs, and into job_details for a payload, in one
-- transaction (docs/submitting.md).

-- What the runtimes serve: who submits with plain SQL need not know where a pipeline begins.
create table pipelines (
  pipeline text primary key not null,
  first_stage text not null,
  updated_at integer not null
);
