-- SQLite: ids through json_each (PostgreSQL: unnest).
select j.job_id, j.epoch, j.state, j.cancel_requested, coalesce(j.claimed_by, 0)
from json_each(:ids) i cross join jobs j on j.job_id = i.value
