-- SQLite: names through json_each (PostgreSQL: json_array_elements_text).
select limiter, tokens, at from limiters where limiter in (select value from json_each(:limiters))
