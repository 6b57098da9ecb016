-- SQLite: the end of the table (PostgreSQL: the sequence).
select coalesce(max(event_id), 0) from events
