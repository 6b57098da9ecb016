-- PostgreSQL: ids are an array (SQLite: json_each).
insert into queue_members (pipeline, job_id) select :pipeline, unnest(cast(:ids as bigint[]))
