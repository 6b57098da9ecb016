-- PostgreSQL: stages through json_array_elements, and as an array, for a join would be planned away
-- from the index's order (SQLite: json_each).
select run_at from jobs
where state in ('queued', 'retryable') and priority = :priority and run_at > :after
  and pipeline || '.' || stage = any(array(
    select (value ->> 0) || '.' || (value ->> 1) from json_array_elements(cast(:stages as json))
    where not exists (select 1 from stage_controls c
                      where c.pipeline = value ->> 0 and c.stage in (value ->> 1, '*'))))
order by run_at
limit 1
