-- SQLite: ids through json_each (PostgreSQL: an array).
insert or rollback into queue_members (pipeline, job_id) select :pipeline, value from json_each(:ids)
