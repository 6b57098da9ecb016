-- PostgreSQL: no index leads to the last row, but the sequence knows its number (SQLite: the end of
-- the table). Whose transaction has not ended may have taken it.
select case when is_called then last_value else 0 end from events_event_id_seq
