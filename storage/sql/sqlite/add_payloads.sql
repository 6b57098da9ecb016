-- SQLite: rows come through json_each (PostgreSQL: unnest). The jobs follow one another from :first.
insert or rollback into job_details (job_id, payload, at)
select :first + key, value, :now from json_each(:payloads) where value <> ''
