-- PostgreSQL only: elsewhere there is one writer.
-- Waits until no other transaction gives places of concurrency keys, and keeps others from it.
-- 1296847429 is the lock's number, two more than that of migrations, in this schema.
select 1
from (select pg_advisory_xact_lock(1296847429, hashtext(current_schema()))) held
