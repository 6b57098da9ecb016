-- PostgreSQL only: elsewhere there is one writer.
-- Waits until no other transaction gives places of concurrency keys, and keeps others from it.
-- 1296847430 is the lock's number, three more than that of migrations, in this schema.
select 1
from (select pg_advisory_xact_lock(1296847430, hashtext(current_schema()))) held
