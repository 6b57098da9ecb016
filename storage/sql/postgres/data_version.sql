-- PostgreSQL has no such number: a hash of which transactions are under way and which have ended,
-- of all the server (SQLite: a pragma).
select hashtextextended(cast(pg_current_snapshot() as text), 0)
