-- SQLite: ids through json_each (PostgreSQL: unnest).
insert or rollback into family_work (job_id, what) select value, :what from json_each(:ids)
