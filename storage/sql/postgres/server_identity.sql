-- PostgreSQL: which server, and which of its histories: a failover or a recovery to a point in time
-- begins a new one, and may have lost commits (SQLite: one file).
select concat(system_identifier, '/', substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))
from pg_control_system()
