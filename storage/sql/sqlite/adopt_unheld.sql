-- SQLite: one writer, no row is locked (PostgreSQL: locked rows are left for the next look).
-- A working job without a holder was written by other hands. It gets a holder that no runtime is, so
-- that the next look finds it with those of the dead.
update jobs set claimed_by = -1 where state = 'working' and claimed_by is null
