-- PostgreSQL: stages through json_array_elements, and as an array, for a join would be planned away
-- from the index's order (SQLite: json_each).
select run_at from jobs
where state in ('queued', 'retryable') and priority = :priority and run_at > :now
  and pipeline || '.' || stage = any(array(
    select (value ->> 0) || '.' || (value ->> 1) from json_array_elements(cast(:stages as json))
    except select pipeline || '.' || stage from stage_controls))
order by run_at
limit 1
