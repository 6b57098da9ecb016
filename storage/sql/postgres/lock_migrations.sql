-- PostgreSQL: one migrates at a time, with a lock until the transaction ends; 1296847427 is "MLRC"
-- (SQLite: the transaction has the lock already).
select count(*) from pg_advisory_xact_lock(1296847427)
