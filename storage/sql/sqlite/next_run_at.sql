-- SQLite: stages through json_each (PostgreSQL: unnest).
select run_at from jobs
where state in ('queued', 'retryable') and priority = :priority and run_at > :after
  and (pipeline, stage) in (
      select value ->> 0, value ->> 1 from json_each(:stages)
      where not exists (select 1 from stage_controls c
                        where c.pipeline = value ->> 0 and c.stage in (value ->> 1, '*')))
order by run_at
limit 1
