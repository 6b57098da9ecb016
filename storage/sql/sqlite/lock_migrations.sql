-- SQLite: the transaction has the lock already (PostgreSQL: an advisory lock).
select 1
