-- PostgreSQL: ids are an array, and the rows are held until the transaction ends, for others write
-- too (SQLite: json_each, one writer).
select job_id, epoch, state, cancel_requested, coalesce(claimed_by, 0) from jobs
where job_id = any(cast(:ids as bigint[]))
for update
