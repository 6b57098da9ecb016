select count(*) from runtimes
where runtime_id <> :runtime
  and exists (select 1 from jobs where state = 'working' and claimed_by = runtime_id)
