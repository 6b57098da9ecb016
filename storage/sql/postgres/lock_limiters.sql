-- PostgreSQL only: SQLite has one writer. All lock in the same order.
select limiter from limiters
where limiter in (select value from json_array_elements_text(cast(:limiters as json)))
order by limiter
for update
