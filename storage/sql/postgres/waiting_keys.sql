-- PostgreSQL: the next key is joined laterally (SQLite: by a subquery).
-- The concurrency keys after one where jobs wait for a place, :limit at most.
with recursive found (pipeline, concurrency_key, n) as (
  (select pipeline, concurrency_key, 1 from keyed_jobs
   where waits = 1 and (pipeline, concurrency_key) > (:pipeline, :key)
   order by pipeline, concurrency_key limit 1)
  union all
  select next.pipeline, next.concurrency_key, n + 1
  from found
  cross join lateral (
    select pipeline, concurrency_key from keyed_jobs
    where waits = 1 and (pipeline, concurrency_key) > (found.pipeline, found.concurrency_key)
    order by pipeline, concurrency_key limit 1) next
  where n < :limit)
select pipeline, concurrency_key from found
