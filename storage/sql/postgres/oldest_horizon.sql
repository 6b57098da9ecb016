-- PostgreSQL only: SQLite has no horizon, its WAL grows. What holds back the horizon of this database most,
-- behind which no version of a row that has died can be removed: another session's transaction, a prepared
-- one, a replication slot. Of another role's session this role may see little.
-- For how many us it has done so by :now, the server's time, is not known of each; 0 then.
select holder, name, application, role, client, state, us,
       (select coalesce(pg_stat_get_dead_tuples(cast('jobs' as regclass)), 0)), xmin
from (
  select 'session' as holder, cast(pid as text) as name, coalesce(application_name, '') as application,
         coalesce(cast(usename as text), '') as role, coalesce(host(client_addr), '') as client,
         case when backend_type = 'walsender' then 'walsender' else coalesce(state, '') end as state,
         coalesce(cast(:now as bigint) - cast(extract(epoch from xact_start) * 1000000 as bigint), 0)
           as us,
         greatest(age(backend_xmin), age(backend_xid)) as transactions,
         coalesce(cast(backend_xmin as text), cast(backend_xid as text)) as xmin
  from pg_stat_activity
  where pid <> pg_backend_pid()
    and coalesce(backend_type, 'client backend') in ('client backend', 'walsender')
    and (datid is null
         or datid = (select oid from pg_database where datname = current_database()))
    and (backend_xmin is not null or backend_xid is not null)
  union all
  select 'prepared', gid, '', cast(owner as text), '', '',
         cast(:now as bigint) - cast(extract(epoch from prepared) * 1000000 as bigint),
         age(transaction), cast(transaction as text)
  from pg_prepared_xacts where database = current_database()
  union all
  select 'slot', cast(slot_name as text), '', '', '',
         case when active then 'active' else 'inactive' end, 0, age(xmin), cast(xmin as text)
  from pg_replication_slots where xmin is not null) holders
order by transactions desc
limit 1
