-- SQLite: ids through json_each (PostgreSQL: unnest).
insert into job_details (job_id, code, message, at)
select value, nullif(:code, ''), nullif(:message, ''), :now from json_each(:ids) where true
on conflict (job_id) do update
set code = excluded.code, message = excluded.message, at = excluded.at
