-- PostgreSQL only: elsewhere there is one writer.
-- Whether no other transaction gives places of concurrency keys, and keeps others from it if so; the lock
-- is that of hold_key_places.sql.
select cast(pg_try_advisory_xact_lock(1296847430, hashtext(current_schema())) as integer)
