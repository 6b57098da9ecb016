-- SQLite: one file has one history (PostgreSQL: the system identifier and the timeline).
select ''
