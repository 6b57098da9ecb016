-- Works with version 6.
-- Values that no job can have are refused by the tables (base/bounds.hpp). The rows that have
-- one already become dead, with ROW_INVALID, and get a value that is allowed.
create table bad_rows as
select * from (
  select j.job_id, j.state in ('queued', 'retryable', 'working') as is_unfinished,
    substr(
      case when j.run_at between 0 and 253402300799999999 then '' else ', run_at' end
      || case when j.epoch <= 1152921504606846975 then '' else ', epoch' end
      || case when j.cancel_requested between 0 and 1 then '' else ', cancel_requested' end
      || case when j.lane >= 0 then '' else ', lane' end
      || case when octet_length(coalesce(d.tenant, '')) <= 800 then '' else ', tenant' end
      || case when octet_length(coalesce(d.unique_key, '')) <= 800 then '' else ', unique_key' end
      || case when octet_length(coalesce(d.tags, '')) <= 16384 then '' else ', tags' end
      || case when coalesce(d.unique_while, 'any') in ('queued', 'unfinished', 'done', 'any')
        then '' else ', unique_while' end, 3) as wrong
  from jobs j left join job_details d on d.job_id = j.job_id) all_rows
where wrong <> '';

update jobs j set
  state = case when b.is_unfinished then 'deadletter' else j.state end,
  run_at = case when run_at between 0 and 253402300799999999 then run_at else :now end,
  updated_at = :now,
  epoch = case when epoch between 0 and 1152921504606846974 then epoch + 1 else 1 end,
  cancel_requested = 0,
  claimed_by = null,
  lane = 0
from bad_rows b
where b.job_id = j.job_id;

update job_details set
  tenant = left(tenant, 200),
  unique_key = left(unique_key, 200),
  unique_while = case when unique_while in ('queued', 'unfinished', 'done', 'any')
    then unique_while when unique_key is not null then 'unfinished' end,
  tags = case when octet_length(tags) <= 16384 then tags end
where job_id in (select job_id from bad_rows);

insert into events
  (job_id, pipeline, stage, type, severity, code, message, epoch, attempt, at, correlation_id)
select j.job_id, j.pipeline, j.stage, t.type, 'error', 'ROW_INVALID',
       'the row has a value that no job can have: ' || b.wrong, j.epoch, j.attempt, j.updated_at,
       j.correlation_id
from bad_rows b
join jobs j on j.job_id = b.job_id
cross join (values (cast('error' as event_type)), ('finalized')) t (type)
where b.is_unfinished
order by j.job_id, t.type;

insert into job_details (job_id, code, message, at)
select b.job_id, 'ROW_INVALID', 'the row has a value that no job can have: ' || b.wrong, j.updated_at
from bad_rows b
join jobs j on j.job_id = b.job_id
where b.is_unfinished
on conflict (job_id) do update
set code = excluded.code, message = excluded.message, at = excluded.at;

insert into family_work (job_id, what)
select distinct d.parent, 'join'
from bad_rows b
join job_details d on d.job_id = b.job_id
where b.is_unfinished and d.parent <> 0;

drop table bad_rows;

-- The name of a check is what is said of a row that it refuses. Each costs something with every move
-- of a job: the lengths of texts are looked at when a job gets its lane.
alter table jobs
  add constraint "run_at is in microseconds, 1970 to 9999"
    check (run_at >= 0 and run_at <= 253402300799999999),
  add constraint "epoch is less than 2 to the power of 60"
    check (epoch <= 1152921504606846975),
  add constraint "cancel_requested is 0 or 1"
    check (cancel_requested >= 0 and cancel_requested <= 1),
  add constraint "lane is not negative"
    check (lane >= 0);

alter table job_details
  add constraint "tenant has at most 800 bytes" check (octet_length(tenant) <= 800),
  add constraint "unique_key has at most 800 bytes" check (octet_length(unique_key) <= 800),
  add constraint "tags have at most 16384 bytes" check (octet_length(tags) <= 16384),
  add constraint "unique_while is queued, unfinished, done or any"
    check (unique_while in ('queued', 'unfinished', 'done', 'any'));

alter table unique_keys
  add constraint "unique_key has at most 800 bytes"
    check (octet_length(pipeline) <= 800 and octet_length(unique_key) <= 800) not valid;
