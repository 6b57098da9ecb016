-- Works with version 1.
-- When jobs are made by the clock. One row for each schedule that a runtime has kept.
create table schedules (
  schedule text primary key not null,
  cron text not null,
  pipeline text not null,
  next_at integer not null,
  -- When the newest job was due; 0 before the first.
  last_at integer not null default 0,
  last_job integer not null default 0,
  written_at integer not null
);
