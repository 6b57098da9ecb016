-- PostgreSQL: the server's clock says how late it is (SQLite: when the last event was written).
select cast(0 as bigint)
