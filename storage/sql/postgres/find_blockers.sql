-- PostgreSQL only: SQLite has one writer. Which other sessions hold row locks in a table of this schema
-- for longer than is waited for one: those that hold the given jobs first, then the oldest. Of another
-- role's session this role may see little. A session that holds a job's row has its transaction's
-- number in xmax.
with holders as (
  select distinct pid from pg_locks
  where locktype = 'relation' and granted and pid <> pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())
    and relation in (select oid from pg_class
                     where relnamespace = (select oid from pg_namespace
                                             where nspname = current_schema()))
    and mode not in ('AccessShareLock', 'ShareUpdateExclusiveLock')),
of_jobs as (
  select distinct pid from pg_locks
  where locktype = 'transactionid' and granted and pid <> pg_backend_pid()
    and transactionid in (select xmax from jobs where job_id = any(cast(:ids as bigint[]))))
select a.pid, coalesce(a.application_name, ''), coalesce(cast(a.usename as text), ''),
       coalesce(host(a.client_addr), ''), coalesce(a.state, ''),
       coalesce(cast(extract(epoch from a.xact_start) * 1000000 as bigint), 0)
from pg_stat_activity a
join holders h on h.pid = a.pid
join pg_stat_activity me on me.pid = pg_backend_pid()
left join of_jobs o on o.pid = a.pid
where o.pid is not null or a.xact_start is null
   or a.xact_start <= me.xact_start - cast(:waited as bigint) * interval '1 millisecond'
order by o.pid is null, a.xact_start nulls last
limit 3
