-- PostgreSQL: on conflict do nothing (SQLite: insert or ignore).
-- Makes the limiters that are not there yet. One that another transaction makes is left to it: that may
-- last. 1296847429 is the lock's number, two more than that of migrations, with one for each limiter of
-- this schema; it is asked for where a limiter is missing.
with missing as materialized (
  select value as limiter from json_array_elements_text(cast(:limiters as json))
  where not exists (select 1 from limiters l where l.limiter = value))
insert into limiters (limiter, tokens, at)
select limiter, 0, 0 from missing
where pg_try_advisory_xact_lock(1296847429, hashtext(current_schema() || '.' || limiter))
on conflict (limiter) do nothing
