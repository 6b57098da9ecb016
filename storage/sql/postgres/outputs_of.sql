-- PostgreSQL: ids are an array, the output is json (SQLite: json_each, text).
select d.job_id, cast(d.output as text)
from unnest(cast(:ids as bigint[])) i (job_id) join job_details d on d.job_id = i.job_id
where d.output is not null
