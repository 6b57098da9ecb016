-- Works with version 6.
-- Events stand in partitions of consecutive ids, and a partition whose events are all old is dropped.
-- Deleted rows leave room for new ones, and then the index no longer says which block range has which
-- ids: to delete 2,000 events a fourteenth of the table was read (measured).

do $do$
declare
  home text := pg_catalog.current_schema();
  before text := pg_catalog.current_setting('search_path');
  last bigint := millrace_last_event();
  may record;
begin
  alter table events rename to events_0;
  alter index events_in_order rename to events_in_order_0;
  alter index events_by_job rename to events_by_job_0;
  alter table events_0 alter column event_id drop identity;

  create table events (like events_0) partition by range (event_id);
  alter table events alter column event_id
    add generated always as identity (sequence name events_event_id_seq);
  if last > 0 then
    perform setval('events_event_id_seq', last);
  end if;
  create index events_in_order on events using brin (event_id) with (autosummarize = on);
  create index events_by_job on events (job_id, event_id)
    where type <> 'stage_done' and (type <> 'finalized' or code is not null);
  execute format('alter table events attach partition events_0 for values from (%s) to (%s)',
                 (select coalesce(min(event_id), last) from events_0), last + (1 << 22));
  -- Has the events for which no runtime has made a partition in time.
  create table events_elsewhere partition of events default;

  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  -- Each role keeps what it may do.
  for may in
    select a.privilege_type, a.is_grantable, cast(null as name) as attname,
           case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
    from pg_class c cross join lateral aclexplode(c.relacl) a
    left join pg_roles r on r.oid = a.grantee
    where c.oid = cast(format('%I.events_0', home) as regclass)
      and (a.grantee = 0 or r.rolname is not null)
    union all
    select a.privilege_type, a.is_grantable, b.attname,
           case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end
    from pg_attribute b cross join lateral aclexplode(b.attacl) a
    left join pg_roles r on r.oid = a.grantee
    where b.attrelid = cast(format('%I.events_0', home) as regclass)
      and (a.grantee = 0 or r.rolname is not null)
  loop
    execute format('grant %s %s on %I.events to %s %s', may.privilege_type,
                   case when may.attname is null then '' else format('(%I)', may.attname) end,
                   home, may.grantee, case when may.is_grantable then 'with grant option' else '' end);
  end loop;

  -- The functions run with the rights of the owner: everything in them is named in full.
  execute format($sql$
    create function %1$I.millrace_events_partitions(
        out partition name, out first_id bigint, out end_id bigint) returns setof record
      language sql stable set search_path = pg_catalog, pg_temp as
      $body$
        select c.relname,
               cast(substring(b.bounds from 'FROM \(''(\d+)''\)') as bigint),
               cast(substring(b.bounds from 'TO \(''(\d+)''\)') as bigint)
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as bounds) b
        where i.inhparent = cast('%1$I.events' as regclass) and b.bounds <> 'DEFAULT'
        order by 3
      $body$
    $sql$, home);

  -- Sees to it that the next `ahead` ids have partitions. Returns how many it made: none while a session that
  -- reads events for long is in the way, as in the next function.
  execute format($sql$
    create function %1$I.millrace_add_events_partitions(ahead bigint) returns bigint
      language plpgsql security definer set search_path = pg_catalog, pg_temp
      set lock_timeout = '10ms' as
      $body$
      declare
        last bigint := %1$I.millrace_last_event();
        made bigint := 0;
        next bigint;
        span bigint;
      begin
        if (select max(end_id) from %1$I.millrace_events_partitions()) > last + ahead then
          return 0;
        end if;
        lock table %1$I.events in share update exclusive mode;
        select coalesce(max(end_id), 0), greatest((last - min(first_id)) / 16, ahead / 8, 1) into next, span
          from %1$I.millrace_events_partitions();
        -- An event that has none by now stays in events_elsewhere, as do those that come meanwhile.
        if next <= last then
          next := last + greatest(ahead / 16, 1);
        end if;
        while next <= last + ahead loop
          execute format('create table %1$I.events_%%s (like %1$I.events including constraints) '
                         'with (autovacuum_vacuum_insert_threshold = -1, '
                         'autovacuum_analyze_scale_factor = 0.5)', next);
          execute format('alter table %1$I.events attach partition %1$I.events_%%s '
                         'for values from (%%s) to (%%s)', next, next, next + span);
          next := next + span;
          made := made + 1;
        end loop;
        return made;
      exception
        when lock_not_available then return 0;
      end
      $body$
    $sql$, home);

  -- Drops the partitions whose events all happened before that time, in microseconds. `is_over` says that
  -- the oldest events that are left are to be let alone for now: within `patience` they can be dropped.
  execute format($sql$
    create function %1$I.millrace_drop_events_partitions(
        before bigint, patience bigint, out dropped bigint, out is_over boolean)
      language plpgsql security definer set search_path = pg_catalog, pg_temp
      set lock_timeout = '10ms' as
      $body$
      declare
        last bigint := %1$I.millrace_last_event();
        one record;
        newest bigint;
        width bigint;
        old name[] := '{}';
      begin
        is_over := false;
        if exists (select from %1$I.events_elsewhere)
           and not exists (select from %1$I.events_elsewhere where at >= before) then
          truncate %1$I.events_elsewhere;
        end if;
        for one in select * from %1$I.millrace_events_partitions() where end_id <= last loop
          width := 4096;
          loop
            execute format('select max(at) from %1$I.%%I where event_id >= $1', one.partition)
              into newest using one.end_id - width;
            exit when newest is not null or width > one.end_id - one.first_id;
            width := width * 8;
          end loop;
          if newest >= before then
            is_over := newest - before <= patience;
            exit;
          end if;
          old := old || one.partition;
        end loop;
        for dropped in 1 .. cardinality(old) loop
          execute format('drop table %1$I.%%I', old[dropped]);
        end loop;
        dropped := cardinality(old);
      exception
        when lock_not_available then
          dropped := 0;
          is_over := true;
      end
      $body$
    $sql$, home);

  execute format('revoke execute on function %I.millrace_events_partitions() from public', home);
  execute format('revoke execute on function %I.millrace_add_events_partitions from public', home);
  execute format('revoke execute on function %I.millrace_drop_events_partitions from public', home);
  -- A role that may delete events may drop them.
  for may in
    select distinct case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
    from pg_class c cross join lateral aclexplode(c.relacl) a
    left join pg_roles r on r.oid = a.grantee
    where c.oid = cast(format('%I.events', home) as regclass) and a.privilege_type = 'DELETE'
      and (a.grantee = 0 or r.rolname is not null)
  loop
    execute format('grant execute on function %I.millrace_add_events_partitions, '
                   '%I.millrace_drop_events_partitions to %s', home, home, may.grantee);
  end loop;
  perform pg_catalog.set_config('search_path', before, true);
end
$do$;

select millrace_add_events_partitions(1 << 25);

-- Half of what changes in `jobs` is gone a moment later: vacuumed twice as fast as by default, so that it keeps
-- up, and not faster, for then everything else waits for it.
alter table jobs set (autovacuum_vacuum_cost_limit = 400);
alter table job_details set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_limit = 400);
