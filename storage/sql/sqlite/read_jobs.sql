-- SQLite: ids through json_each; one writer, nothing to hold (PostgreSQL: an array, skip locked).
select j.job_id, j.pipeline, j.stage, j.state, j.epoch, j.attempt, j.crashes, j.priority, j.run_at,
       j.cancel_requested, j.correlation_id,
       coalesce((select d.parent from job_details d where d.job_id = j.job_id), 0),
       coalesce(j.claimed_by, 0)
from json_each(:ids) i cross join jobs j on j.job_id = i.value
order by j.job_id
