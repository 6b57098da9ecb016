-- Works with version 6.
-- Who may use the HTTP API: the SHA-256 of each token's secret, never the secret.
create table access_tokens (
  name text primary key not null,
  hash text not null unique,
  role text not null check (role in ('viewer', 'submitter', 'operator', 'admin')),
  -- What the token is bound to; empty for everything.
  owner text not null default '',
  tenant text not null default '',
  pipeline text not null default '',
  created_at bigint not null,
  created_by text not null default '',
  -- Microseconds since 1970; 0 for a token that does not expire.
  expires_at bigint not null default 0
);
-- Answers to requests with an Idempotency-Key, for a day: who asks again gets the same jobs.
create table idempotent_requests (
  request text primary key not null,
  digest text not null,
  answer text not null,
  made_at bigint not null
);
create index idempotent_requests_by_age on idempotent_requests (made_at);
-- Since when a schedule makes no jobs, for a person wants it so; 0 where it does.
alter table schedules add column paused_at bigint not null default 0;
alter table schedules add column paused_by text not null default '';
