-- PostgreSQL only: SQLite has one writer. As lock_limiters, without those that another session holds.
select limiter from limiters
where limiter in (select value from json_array_elements_text(cast(:limiters as json)))
order by limiter
for update skip locked
