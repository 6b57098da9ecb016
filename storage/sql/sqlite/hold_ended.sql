-- SQLite: ids through json_each; one writer, nothing to hold (PostgreSQL: an array, skip locked).
select j.job_id, j.epoch
from json_each(:ids) i cross join jobs j on j.job_id = i.value
where j.state in ('done', 'deadletter', 'cancelled')
order by j.job_id
