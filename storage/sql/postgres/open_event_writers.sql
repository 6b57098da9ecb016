-- PostgreSQL only: SQLite has one writer, whose events can be seen in the order of their ids.
-- The transactions that have written events and are open. Each holds this lock since before it took
-- its first id, and until what it wrote can be seen.
select virtualtransaction from pg_locks
where locktype = 'relation' and relation = cast('events' as regclass)
  and database = (select oid from pg_database where datname = current_database())
  and mode = 'RowExclusiveLock' and granted
