-- What the database says that a runtime holds.
select job_id from jobs where state = 'working' and claimed_by = :runtime
