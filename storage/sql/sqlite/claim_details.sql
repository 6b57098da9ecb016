-- SQLite: ids through json_each (PostgreSQL: unnest).
select d.job_id, coalesce(d.payload, ''), coalesce(d.output, ''), coalesce(d.tags, ''),
       coalesce(d.parent, 0)
from json_each(:ids) i cross join job_details d on d.job_id = i.value
