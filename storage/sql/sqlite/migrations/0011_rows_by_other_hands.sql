-- Works with version 6.
-- Values that no job can have are refused by the table (base/bounds.hpp). The rows that have
-- one already become dead, with ROW_INVALID, and get a value that is allowed.
create temp table bad_rows as
select * from (
  select job_id, state in ('queued', 'retryable', 'working') as is_unfinished,
    substr(
      case when typeof(pipeline) = 'text' then '' else ', pipeline' end
      || case when typeof(stage) = 'text' then '' else ', stage' end
      || case when typeof(correlation_id) = 'text' then '' else ', correlation_id' end
      || case when typeof(priority) = 'integer' then '' else ', priority' end
      || case when typeof(run_at) = 'integer' and run_at between 0 and 253402300799999999
        then '' else ', run_at' end
      || case when typeof(created_at) = 'integer' then '' else ', created_at' end
      || case when typeof(updated_at) = 'integer' then '' else ', updated_at' end
      || case when typeof(epoch) = 'integer' and epoch <= 1152921504606846975
        then '' else ', epoch' end
      || case when typeof(attempt) = 'integer' then '' else ', attempt' end
      || case when typeof(crashes) = 'integer' then '' else ', crashes' end
      || case when typeof(cancel_requested) = 'integer' and cancel_requested between 0 and 1
        then '' else ', cancel_requested' end
      || case when typeof(lane) = 'integer' and lane >= 0 then '' else ', lane' end
      || case when typeof(claimed_by) in ('integer', 'null') then '' else ', claimed_by' end,
      3) as wrong
  from jobs)
where wrong <> '';

update jobs set
  pipeline = cast(pipeline as text),
  stage = cast(stage as text),
  correlation_id = cast(correlation_id as text),
  state = case when state in ('queued', 'retryable', 'working') then 'deadletter' else state end,
  priority = cast(priority as integer),
  run_at = case when typeof(run_at) = 'integer' and run_at between 0 and 253402300799999999
    then run_at else :now end,
  created_at = case when typeof(created_at) = 'integer' then created_at else :now end,
  updated_at = :now,
  epoch = case when typeof(epoch) = 'integer' and epoch between 0 and 1152921504606846974
    then epoch + 1 else 1 end,
  attempt = case when typeof(attempt) = 'integer' then attempt else 0 end,
  crashes = case when typeof(crashes) = 'integer' then crashes else 0 end,
  cancel_requested = 0,
  claimed_by = null,
  lane = 0
where job_id in (select job_id from bad_rows);

insert into events
  (job_id, pipeline, stage, type, severity, code, message, epoch, attempt, at, correlation_id)
select j.job_id, j.pipeline, j.stage, t.type, 'error', 'ROW_INVALID',
       'the row has a value that no job can have: ' || b.wrong, j.epoch, j.attempt, j.updated_at,
       j.correlation_id
from bad_rows b
join jobs j on j.job_id = b.job_id
cross join (select 'error' as type union all select 'finalized') t
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

-- The table's text is changed where it stands, as SQLite allows where no row changes: to copy the
-- rows into another table would cost their size again, and the triggers and views of others.
-- Strict: of each column only values of its type. The lengths of texts are looked at when a job gets
-- its lane.
pragma writable_schema = on;

update sqlite_schema
set sql = substr(sql, 1, length(sql) - 1) || ',
  constraint "run_at is in microseconds, 1970 to 9999"
    check (run_at >= 0 and run_at <= 253402300799999999),
  constraint "epoch is less than 2 to the power of 60"
    check (epoch <= 1152921504606846975),
  constraint "cancel_requested is 0 or 1"
    check (cancel_requested >= 0 and cancel_requested <= 1),
  constraint "lane is not negative"
    check (lane >= 0)) strict'
where type = 'table' and name = 'jobs';

-- A change of the schema that SQLite knows of: other connections read it again.
create table schema_changed (unused integer);

drop table schema_changed;

pragma writable_schema = reset;
