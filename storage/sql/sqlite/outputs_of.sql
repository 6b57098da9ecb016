-- SQLite: ids through json_each (PostgreSQL: unnest).
select d.job_id, d.output from json_each(:ids) i cross join job_details d on d.job_id = i.value
where d.output is not null
