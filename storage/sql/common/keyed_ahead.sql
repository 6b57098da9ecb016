-- How many jobs wait before one for a place of its concurrency key, a thousand at most.
select (select count(*) from (
          select 1 from keyed_jobs o
          where o.pipeline = k.pipeline and o.concurrency_key = k.concurrency_key and o.waits = 1
            and (o.priority > k.priority
                 or (o.priority = k.priority and (o.run_at, o.job_id) < (k.run_at, k.job_id)))
          limit 1000) before)
from keyed_jobs k
where k.job_id = :job and k.waits = 1
