-- PostgreSQL only: SQLite has one writer. Locks those of the jobs, and of their details, that no other
-- session holds, and answers whose row or details one does.
with locked as materialized (
  select job_id from jobs where job_id = any(cast(:ids as bigint[])) for update skip locked),
locked_details as materialized (
  select job_id from job_details where job_id = any(cast(:ids as bigint[])) for update skip locked)
select job_id from jobs
where job_id = any(cast(:ids as bigint[])) and job_id not in (select job_id from locked)
union
select job_id from job_details
where job_id = any(cast(:ids as bigint[])) and job_id not in (select job_id from locked_details)
