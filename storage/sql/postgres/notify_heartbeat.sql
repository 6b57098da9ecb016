-- PostgreSQL: tells every listener that notifications arrive; the payload says that there are no new
-- jobs (SQLite: nobody is notified).
select count(*) from pg_notify('millrace.' || current_schema(), 'heartbeat')
