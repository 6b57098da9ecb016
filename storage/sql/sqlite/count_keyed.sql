-- SQLite: rows through json_each (PostgreSQL: json_array_elements).
-- How many jobs have a place of each concurrency key; :keys is a list of [pipeline, key].
select value ->> 0, value ->> 1,
       (select count(*) from keyed_jobs k cross join jobs j on j.job_id = k.job_id
        where k.pipeline = value ->> 0 and k.concurrency_key = value ->> 1 and k.waits = 0
          and (j.state = 'working' or (j.state in ('queued', 'retryable') and j.lane > 0
                                       and j.lane < 4611686018427387904)))
from json_each(:keys)
