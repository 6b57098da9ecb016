-- PostgreSQL: ids are an array (SQLite: json_each). Of jobs without a unique key there is no row.
select d.job_id, j.pipeline, cast(d.unique_key as text), coalesce(d.unique_while, 'unfinished')
from job_details d join jobs j on j.job_id = d.job_id
where d.job_id = any(cast(:ids as bigint[])) and d.unique_key is not null
order by d.job_id
