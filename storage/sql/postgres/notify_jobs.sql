-- PostgreSQL: an insert notifies by itself (trigger jobs_wake), a change does not; heard when the
-- transaction commits, and once however often it is said (SQLite: no notification).
select count(*) from pg_notify('millrace.' || current_schema(), '')
