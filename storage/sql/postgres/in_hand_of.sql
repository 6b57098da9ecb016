-- PostgreSQL: the list through json_array_elements (SQLite: json_each).
-- A job that was settled since has another epoch.
select j.job_id
from in_hand h
cross join json_array_elements(cast(h.jobs as json)) e
join jobs j on j.job_id = cast(e.value ->> 0 as bigint) and j.epoch = cast(e.value ->> 1 as bigint)
where h.runtime_id = :runtime
