-- PostgreSQL: ids are an array, and the rows are held until the transaction ends; a row that another session
-- holds is being changed, and left out (SQLite: json_each, one writer).
select job_id, epoch from jobs
where job_id = any(cast(:ids as bigint[])) and cast(state as text) in ('done', 'deadletter', 'cancelled')
order by job_id
for update skip locked
