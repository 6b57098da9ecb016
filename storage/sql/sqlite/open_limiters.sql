-- SQLite: insert or ignore, names through json_each (PostgreSQL: on conflict do nothing).
insert or ignore into limiters (limiter, tokens, at)
select value, 0, 0 from json_each(:limiters)
where not exists (select 1 from limiters l where l.limiter = value)
