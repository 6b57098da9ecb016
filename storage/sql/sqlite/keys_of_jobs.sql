-- SQLite: ids through json_each (PostgreSQL: an array). Of jobs without a unique key there is no row.
select d.job_id, j.pipeline, cast(d.unique_key as text), coalesce(d.unique_while, 'unfinished')
from json_each(:ids) i
cross join job_details d on d.job_id = i.value
cross join jobs j on j.job_id = d.job_id
where d.unique_key is not null
order by d.job_id
