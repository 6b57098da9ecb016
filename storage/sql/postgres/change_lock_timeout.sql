-- PostgreSQL only: SQLite has one lock. Until the transaction ends; answers what it was before.
select before from (select current_setting('lock_timeout') as before offset 0) x
where set_config('lock_timeout', :timeout, true) is not null
