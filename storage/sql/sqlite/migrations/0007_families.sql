-- Works with version 6.
-- Jobs that make other jobs, and wait for them.

-- Who made the job, for those that somebody made.
alter table job_details add column parent bigint;

-- The children that count for a join of the parent; of a parent that is sent back to the stage that
-- made them, or an earlier one, they count no more.
create table children (
  parent_id integer not null,
  child_id integer not null,
  -- The parent's stage.
  made_at text not null,
  primary key (parent_id, child_id)
) without rowid;

-- The jobs that wait for their children now.
create table joins (parent_id integer primary key);

-- What the end of a job, a cancellation or a replay asks of the job's family. Written together with it,
-- done soon after, in pieces, and then deleted: so that nobody ever waits for a lock of a relative.
create table family_work (
  work_id integer primary key autoincrement,
  job_id integer not null,
  -- join: is the job, which waits for its children, to go on? cancel_children: cancel those of the job.
  -- cancel, send_back: do that to the job.
  what text not null
);
