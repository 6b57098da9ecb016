-- Works with version 6.
-- Who is signed in to the console, by the SHA-256 of the session's secret; and links that sign in once.
-- A session is good for as long as its token, whose digest it names.
create table console_sessions (
  hash text primary key not null,
  token_hash text not null,
  is_link bigint not null,
  expires_at bigint not null
);
create index console_sessions_by_age on console_sessions (expires_at);
