-- PostgreSQL: ids are an array (SQLite: json_each).
insert into job_details (job_id, code, message, at)
select job_id, nullif(:code, ''), nullif(:message, ''), cast(:now as bigint)
from unnest(cast(:ids as bigint[])) i (job_id)
on conflict (job_id) do update
set code = excluded.code, message = excluded.message, at = excluded.at
