-- Works with version 1.
-- At which stages a runtime claims: the answer to why a job waits though a runtime is there.
create table served_stages (
  runtime_id integer not null,
  pipeline text not null,
  stage text not null,
  primary key (runtime_id, pipeline, stage)
);
