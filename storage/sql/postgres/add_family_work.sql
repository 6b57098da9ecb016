-- PostgreSQL: ids are an array (SQLite: json_each).
insert into family_work (job_id, what)
select job_id, :what from unnest(cast(:ids as bigint[])) i (job_id)
