select runtime_id from runtimes
where lease_until <= :now
  and exists (select 1 from jobs where state = 'working' and claimed_by = runtime_id)
order by runtime_id
