-- SQLite: ids through json_each (PostgreSQL: unnest).
select value from json_each(:ids)
where exists (select 1 from children where parent_id = value)
