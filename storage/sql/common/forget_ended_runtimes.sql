delete from runtimes
where lease_until <= :now
  and not exists (select 1 from jobs where state = 'working' and claimed_by = runtime_id)
