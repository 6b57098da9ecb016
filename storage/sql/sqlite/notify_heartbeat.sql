-- SQLite: no notification; listeners watch the file (PostgreSQL: a notification).
select 0
