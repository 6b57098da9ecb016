-- PostgreSQL: what another runtime does at this moment is left to it (SQLite: one writer).
delete from family_work
where work_id in (select work_id from family_work order by work_id limit :limit
                  for update skip locked)
returning job_id, what
