-- PostgreSQL: names the transaction, to ask for its fate when the connection is lost while it commits
-- (SQLite: the fate of a commit is always known).
select cast(pg_current_xact_id() as text)
