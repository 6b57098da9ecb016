-- Works with version 1.
-- When jobs are made by the clock. One row for each schedule that a runtime has kept.
create table schedules (
  schedule text collate "C" primary key not null,
  cron text not null,
  pipeline text collate "C" not null,
  next_at bigint not null,
  -- When the newest job was due; 0 before the first.
  last_at bigint not null default 0,
  last_job bigint not null default 0,
  written_at bigint not null
);
