-- PostgreSQL: how many sessions processes have in this database, by the name that each has given
-- itself, and when they were heard of last; a role may not see the name of each (SQLite has none).
select case when application_name is null then 0 else 1 end, coalesce(application_name, ''),
       count(*),
       cast(coalesce(extract(epoch from max(greatest(backend_start, query_start))) * 1000000, 0)
            as bigint)
from pg_stat_activity
where usesysid is not null
  and datid = (select oid from pg_database where datname = current_database())
group by application_name
