-- Works with version 6.
-- Sessions of the console, and links that sign in once, by the SHA-256 of their secrets.
-- A session is good for as long as its token, whose digest it names.
create table console_sessions (
  hash text primary key not null,
  token_hash text not null,
  is_link bigint not null,
  expires_at bigint not null
);
create index console_sessions_by_age on console_sessions (expires_at);
