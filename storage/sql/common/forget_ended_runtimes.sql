delete from runtimes
where lease_until <= :before
  and not exists (select 1 from jobs where state = 'working' and claimed_by = runtime_id)
