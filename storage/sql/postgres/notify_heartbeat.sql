-- PostgreSQL: tells every listener that notifications arrive; the payload says that there are no new
-- jobs (SQLite: no notification).
select count(*) from pg_notify('millrace.' || current_schema(), 'heartbeat')
