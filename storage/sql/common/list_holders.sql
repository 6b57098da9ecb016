-- Which runtimes but this one hold jobs, and what its row says; a holder without a row has been forgotten.
-- One entry of the index jobs_working is read for each holder: the next one after it, first below
-- this runtime's own number and then above it.
with recursive holders (id, above) as (
  select cast(-9223372036854775807 as bigint), cast(:runtime as bigint)
  union all
  select cast(:runtime as bigint), cast(9223372036854775807 as bigint)
  union all
  select (select j.claimed_by from jobs j
          where j.state = 'working' and j.claimed_by > h.id and j.claimed_by < h.above
          order by j.claimed_by
          limit 1), h.above
  from holders h
  where h.id is not null)
select h.id, case when r.runtime_id is null then 0 else 1 end, coalesce(r.ended, 1),
       coalesce(r.beat, 0), coalesce(r.lease_until, 0), coalesce(r.lease_us, 0),
       coalesce(r.host, ''), coalesce(r.boot, ''), coalesce(r.pid, 0), coalesce(r.session, '')
from holders h left join runtimes r on r.runtime_id = h.id
where h.id is not null and h.id <> :runtime and h.id <> -9223372036854775807
