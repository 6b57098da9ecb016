-- SQLite: one writer (PostgreSQL: what another runtime does at this moment is left to it).
delete from family_work
where work_id in (select work_id from family_work order by work_id limit :limit)
returning job_id, what
