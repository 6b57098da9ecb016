-- Works with version 6.
-- Which tables of applications have been made: the SHA-256 of each script that ran.
create table application_schemas (
  digest text primary key not null,
  applied_at bigint not null
);
