-- SQLite: ids through json_each (PostgreSQL: an array).
select j.job_id, j.state from json_each(:ids) i cross join jobs j on j.job_id = i.value
