-- SQLite has no sessions (PostgreSQL: pg_stat_activity).
select 1, '', 0, 0 where 1 = 0
