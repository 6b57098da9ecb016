-- PostgreSQL: no index leads to the last row (SQLite: the end of the table).
select millrace_last_event()
