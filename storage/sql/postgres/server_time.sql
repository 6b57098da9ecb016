-- PostgreSQL: the one statement that asks for the time, so that all runtimes of a fleet write one
-- (SQLite: this machine's).
select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)
