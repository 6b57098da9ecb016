-- SQLite: ids through json_each (PostgreSQL: unnest).
select count(*) from json_each(:ids) i cross join jobs j on j.job_id = i.value
where j.state in ('queued', 'working', 'retryable')
