-- SQLite: the id of this connection's last insert (PostgreSQL: ids come from a sequence).
select last_insert_rowid()
