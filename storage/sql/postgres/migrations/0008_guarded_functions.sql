-- Works with version 6.
-- Functions run with a search path of their own in which pg_temp comes last, so that no temporary
-- object of a caller stands for one of ours; and only a role that has the rows may call them.

do $do$
declare
  home text := pg_catalog.current_schema();
  before text := pg_catalog.current_setting('search_path');
  may record;
begin
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  -- Runs with the rights of the owner: everything in it is named in full.
  execute format($sql$
    create or replace function %1$I.millrace_last_event() returns bigint
      language sql security definer set search_path = pg_catalog, pg_temp as
      $body$ select case when is_called then last_value else 0 end from %1$I.events_event_id_seq $body$
    $sql$, home);
  execute format('alter function %1$I.millrace_submit set search_path = pg_catalog, %1$I, pg_temp', home);
  execute format('alter function %1$I.millrace_notify() set search_path = pg_catalog, pg_temp', home);

  execute format('revoke execute on function %I.millrace_last_event() from public', home);
  execute format('revoke execute on function %I.millrace_notify() from public', home);
  execute format('revoke execute on function %I.millrace_submit from public', home);
  -- Roles that use them go on: those that read events, and those that insert jobs.
  for may in
    select distinct f.called, case when g.grantee = 0 then 'public' else quote_ident(r.rolname) end as grantee
    from (values ('events', 'SELECT', 'millrace_last_event'), ('jobs', 'INSERT', 'millrace_submit'))
           as f (relation, privilege, called)
    join pg_class c on c.oid = cast(format('%I.%I', home, f.relation) as regclass)
    cross join lateral (
      select a.grantee, a.privilege_type from aclexplode(c.relacl) a
      union
      select a.grantee, a.privilege_type
      from pg_attribute b cross join lateral aclexplode(b.attacl) a
      where b.attrelid = c.oid
    ) g
    left join pg_roles r on r.oid = g.grantee
    where g.privilege_type = f.privilege and (g.grantee = 0 or r.rolname is not null)
  loop
    execute format('grant execute on function %I.%I to %s', home, may.called, may.grantee);
  end loop;
  perform pg_catalog.set_config('search_path', before, true);
end
$do$;
