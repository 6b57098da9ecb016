-- PostgreSQL: rows that another session has locked are left for the next look (SQLite: one writer).
-- A working job without a holder was written by other hands. It gets a holder that no runtime is, so
-- that the next look finds it with those of the dead.
update jobs set claimed_by = -1
where job_id = any(array(
  select job_id from jobs where state = 'working' and claimed_by is null for update skip locked))
