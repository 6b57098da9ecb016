-- PostgreSQL: on conflict do nothing (SQLite: insert or ignore).
-- Two who make the same ones at once make them in the same order.
insert into limiters (limiter, tokens, at)
select value, 0, 0 from json_array_elements_text(cast(:limiters as json))
where not exists (select 1 from limiters l where l.limiter = value)
order by 1
on conflict (limiter) do nothing
