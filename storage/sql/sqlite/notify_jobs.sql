-- SQLite: nobody is notified; listeners watch the file (PostgreSQL: a notification).
select 0
