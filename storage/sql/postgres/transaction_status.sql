-- PostgreSQL: 'committed', 'aborted' or 'in progress' (SQLite: never asked).
select pg_xact_status(cast(cast(:id as text) as xid8))
