-- Works with version 6.
-- Lanes: the jobs that wait for the same stage, of the same tenant. A claim goes from lane to lane, so
-- that neither the jobs of one tenant nor those of a paused stage stand in the way of others. And
-- limits, which runtimes hold together.

-- Never deleted. 0 is no lane: the jobs there have not been sorted yet, because somebody inserted them
-- plainly, or because nobody knew their lane.
create table lanes (
  lane integer primary key autoincrement,
  pipeline text not null,
  stage text not null,
  -- Empty for nobody.
  tenant text not null,
  unique (pipeline, stage, tenant)
);

-- While the job waits; what it is of a job that does not wait means nothing but its tenant.
alter table jobs add column lane integer not null default 0;

-- What a claim walks; a job that works or has ended is not in it.
drop index jobs_claimable;
create index jobs_claimable on jobs (lane, priority desc, run_at, job_id)
  where state in ('queued', 'retryable');

-- What is left of the limits of stages and tenants that have a rate; claims lock the rows.
create table limiters (
  limiter text primary key not null,
  -- Millionths.
  tokens integer not null,
  -- When they were counted.
  at integer not null
);
