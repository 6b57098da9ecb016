-- SQLite: how late it was at the last event, for a clock that was set back since (PostgreSQL: the
-- server's clock).
select at from events order by event_id desc limit 1
