-- PostgreSQL only: elsewhere events stand in one table.
select dropped, cast(is_over as integer), cast(is_blocked as integer)
from millrace_drop_events_partitions(:before, :patience, :wait)
