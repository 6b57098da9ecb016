-- PostgreSQL: as of the last analyze, where there was one (SQLite: the highest number).
select case when reltuples >= 0 then cast(reltuples as bigint)
            else (select count(*) from chunk_entries) end
from pg_class where oid = to_regclass('chunk_entries')
