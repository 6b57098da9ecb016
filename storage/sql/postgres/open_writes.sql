-- PostgreSQL only: a SQLite database has one writer at a time.
-- The transactions that have written and not ended.
select cast(cast(xid as text) as bigint) from pg_snapshot_xip(pg_current_snapshot()) xid
