-- PostgreSQL only: elsewhere events stand in one table.
select millrace_add_events_partitions(:ahead)
