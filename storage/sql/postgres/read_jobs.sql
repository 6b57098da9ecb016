-- PostgreSQL: ids are an array, and the rows are held until the transaction ends; a row that
-- another transaction holds is being changed, and left out (SQLite: json_each, one writer).
select j.job_id, j.pipeline, j.stage, j.state, j.epoch, j.attempt, j.crashes, j.priority, j.run_at,
       j.cancel_requested, j.correlation_id,
       coalesce((select d.parent from job_details d where d.job_id = j.job_id), 0),
       coalesce(j.claimed_by, 0)
from jobs j
where j.job_id = any(cast(:ids as bigint[]))
order by j.job_id
for update skip locked
