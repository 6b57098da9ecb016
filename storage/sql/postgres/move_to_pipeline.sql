-- PostgreSQL: ids are an array (SQLite: json_each).
-- The rows are held. In the other pipeline they are sorted into lanes again.
update jobs set pipeline = :pipeline, lane = 0 where job_id = any(cast(:ids as bigint[]))
