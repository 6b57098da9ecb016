-- SQLite has no server: its time is this machine's (PostgreSQL: the server's clock).
select 0
