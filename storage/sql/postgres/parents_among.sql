-- PostgreSQL: ids are an array (SQLite: json_each).
select job_id from unnest(cast(:ids as bigint[])) i (job_id)
where exists (select 1 from children where parent_id = job_id)
