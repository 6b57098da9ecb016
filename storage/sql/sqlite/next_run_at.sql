-- SQLite: stages through json_each (PostgreSQL: unnest).
select run_at from jobs
where state in ('queued', 'retryable') and priority = :priority and run_at > :now
  and (pipeline, stage) in (select value ->> 0, value ->> 1 from json_each(:stages)
                            except select pipeline, stage from stage_controls)
order by run_at
limit 1
