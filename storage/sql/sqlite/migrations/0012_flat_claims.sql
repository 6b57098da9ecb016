-- Works with version 6.
-- PostgreSQL only: SQLite's indexes keep no entries of rows that have left them.
select 1;
