-- Works with version 6.
-- Events stand in partitions of consecutive ids, and a partition whose events are all old is dropped.
-- Deleted rows leave room for new ones, and then the index no longer says which block range has which
-- ids: to delete 2,000 events a seventh of the table was read (measured).

set local statement_timeout = 0;

do $do$
declare
  home text := pg_catalog.current_schema();
  before text := pg_catalog.current_setting('search_path');
  role_before text := pg_catalog.current_setting('role');
  owner name;
  last bigint := millrace_last_event();
  left_behind text;
  may record;
begin
  -- Each of these would stay with the first partition, and be missed or in the way.
  select string_agg(what, ', ' order by what) into left_behind from (
    select distinct 'view ' || cast(cast(v.ev_class as regclass) as text) as what
    from pg_depend d join pg_rewrite v on v.oid = d.objid
    where d.classid = cast('pg_rewrite' as regclass) and d.refclassid = cast('pg_class' as regclass)
      and d.refobjid = cast('events' as regclass)
    union all
    select 'foreign key ' || conname from pg_constraint where confrelid = cast('events' as regclass)
    union all
    select 'trigger ' || tgname from pg_trigger where tgrelid = cast('events' as regclass) and not tgisinternal
    union all
    select 'policy ' || polname from pg_policy where polrelid = cast('events' as regclass)
    union all
    select 'publication ' || p.pubname from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
    where r.prrelid = cast('events' as regclass)) found;
  if left_behind is not null then
    raise exception 'events is to be partitioned, and these cannot come along: %', left_behind
      using hint = 'drop them, migrate, and make them again on the new table';
  end if;
  select pg_get_userbyid(relowner) into owner from pg_class where oid = cast('events' as regclass);
  if owner <> current_user then
    perform pg_catalog.set_config('role', owner, true);
  end if;

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
  -- Each role keeps what it may do, and gets nothing from the default privileges.
  for may in
    select distinct case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
    from pg_class c cross join lateral aclexplode(c.relacl) a
    left join pg_roles r on r.oid = a.grantee
    where c.oid = cast(format('%I.events', home) as regclass) and a.grantee <> c.relowner
      and (a.grantee = 0 or r.rolname is not null)
  loop
    execute format('revoke all on %I.events from %s', home, may.grantee);
  end loop;
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
  -- reads events for long is in the way.
  execute format($sql$
    create function %1$I.millrace_add_events_partitions(ahead bigint) returns bigint
      language plpgsql strict security definer set search_path = pg_catalog, pg_temp
      set lock_timeout = '10ms' as
      $body$
      declare
        most constant bigint := 1 << 30;
        room bigint := least(greatest(ahead, 1), 8 * most);
        last bigint := %1$I.millrace_last_event();
        made bigint := 0;
        next bigint;
        span bigint;
        called text;
      begin
        if (select max(end_id) from %1$I.millrace_events_partitions()) > last + room then
          return 0;
        end if;
        lock table %1$I.events in share update exclusive mode;
        select coalesce(max(end_id), 0), least(greatest((last - min(first_id)) / 16, room / 8, 1), 8 * most)
          into next, span
          from %1$I.millrace_events_partitions();
        -- An event that has none by now stays in events_elsewhere, as do those that come meanwhile.
        if next <= last then
          next := last + greatest(room / 16, 1);
        end if;
        -- For each partition all that stands there is read.
        if exists (select from %1$I.events_elsewhere) then
          span := greatest(span, last + room - next + 1);
        end if;
        while next <= last + room loop
          called := 'events_' || next;
          while to_regclass(format('%%I.%%I', '%1$s', called)) is not null loop
            called := called || '_';
          end loop;
          execute format('create table %1$I.%%I (like %1$I.events including constraints) '
                         'with (autovacuum_vacuum_insert_threshold = -1, '
                         'autovacuum_analyze_scale_factor = 0.5)', called);
          execute format('alter table %1$I.events attach partition %1$I.%%I '
                         'for values from (%%s) to (%%s)', called, next, next + span);
          next := next + span;
          made := made + 1;
        end loop;
        return made;
      exception
        -- Of a row that was written with an id of its own, above those that were given out.
        when check_violation then return 0;
        when lock_not_available or deadlock_detected then return 0;
      end
      $body$
    $sql$, home);

  -- Drops the partitions whose events all happened before that time, in microseconds. `is_over` says that
  -- the oldest events that are left are to be let alone for now: within `patience` they can be dropped, or
  -- they could be if no other session were in the way for `wait` milliseconds (`is_blocked`). It holds up
  -- all others for as long.
  execute format($sql$
    create function %1$I.millrace_drop_events_partitions(before bigint, patience bigint, wait bigint,
        out dropped bigint, out is_over boolean, out is_blocked boolean)
      language plpgsql strict security definer set search_path = pg_catalog, pg_temp
      set lock_timeout = '10ms' as
      $body$
      declare
        last bigint := %1$I.millrace_last_event();
        one record;
        newest bigint;
        width bigint;
        old name[] := '{}';
        one_old name;
      begin
        is_over := false;
        is_blocked := false;
        perform set_config('lock_timeout', least(greatest(wait, 1), 1000) || 'ms', true);
        if exists (select from %1$I.events_elsewhere)
           and not exists (select from %1$I.events_elsewhere where at >= before) then
          lock table %1$I.events_elsewhere in access exclusive mode;
          -- Others may have written while this waited.
          if not exists (select from %1$I.events_elsewhere where at >= before) then
            truncate %1$I.events_elsewhere;
          end if;
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
        foreach one_old in array old loop
          execute format('drop table %1$I.%%I', one_old);
        end loop;
        dropped := cardinality(old);
      exception
        when lock_not_available or deadlock_detected then
          dropped := 0;
          is_over := true;
          is_blocked := true;
        -- What others have made of it keeps the partition, not its rows.
        when dependent_objects_still_exist then
          dropped := 0;
          is_over := false;
      end
      $body$
    $sql$, home);

  execute format('revoke execute on function %I.millrace_events_partitions() from public', home);
  execute format('revoke execute on function %I.millrace_add_events_partitions from public', home);
  execute format('revoke execute on function %I.millrace_drop_events_partitions from public', home);
  -- A role that may write events may make room for them, and one that may delete them may drop them.
  for may in
    select distinct f.called, case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
    from (values ('INSERT', 'millrace_add_events_partitions'), ('DELETE', 'millrace_drop_events_partitions'))
           as f (privilege, called)
    cross join pg_class c cross join lateral aclexplode(c.relacl) a
    left join pg_roles r on r.oid = a.grantee
    where c.oid = cast(format('%I.events', home) as regclass) and a.privilege_type = f.privilege
      and (a.grantee = 0 or r.rolname is not null)
  loop
    execute format('grant execute on function %I.%I to %s', home, may.called, may.grantee);
  end loop;
  perform pg_catalog.set_config('role', role_before, true);
  perform pg_catalog.set_config('search_path', before, true);
end
$do$;

select millrace_add_events_partitions(1 << 25);

-- Half of what changes in `jobs` is gone a moment later: vacuumed twice as fast as by default, so that it keeps
-- up, and not faster, for then everything else waits for it.
alter table jobs set (autovacuum_vacuum_cost_limit = 400);
alter table job_details set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_limit = 400);
