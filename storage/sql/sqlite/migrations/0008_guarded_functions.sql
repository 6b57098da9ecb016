-- Works with version 6.
-- PostgreSQL only: SQLite has neither roles nor stored functions.
select 1;
