-- Works with version 6.
-- PostgreSQL only: SQLite finds events by their rowid, however many were deleted before them.
select 1;
