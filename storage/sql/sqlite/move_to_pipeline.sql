-- SQLite: ids through json_each (PostgreSQL: an array).
-- The rows are held. In the other pipeline they are sorted into lanes again.
update or rollback jobs set pipeline = :pipeline, lane = 0 where job_id in (select value from json_each(:ids))
