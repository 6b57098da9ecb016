-- PostgreSQL: names through json_array_elements_text (SQLite: json_each).
select limiter, tokens, at from limiters
where limiter in (select value from json_array_elements_text(cast(:limiters as json)))
