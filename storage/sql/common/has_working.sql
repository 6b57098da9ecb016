-- 1 when the runtime still holds jobs.
select count(*) from (
  select 1 from jobs where state = 'working' and claimed_by = :runtime limit 1) as held
