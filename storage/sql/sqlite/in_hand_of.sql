-- SQLite: the list through json_each (PostgreSQL: json_array_elements).
-- A job that was settled since has another epoch.
select j.job_id
from in_hand h, json_each(h.jobs) e
join jobs j on j.job_id = e.value ->> 0 and j.epoch = e.value ->> 1
where h.runtime_id = :runtime
