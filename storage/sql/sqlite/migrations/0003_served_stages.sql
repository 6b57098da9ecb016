-- Works with version 1.
-- Which stages a runtime claims at: the answer to why a job waits though a runtime is there. `since` is
-- the runtime's started_at. One of a version before this table has no rows here.
create table served_stages (
  since integer not null,
  pipeline text not null,
  stage text not null,
  primary key (since, pipeline, stage)
);
