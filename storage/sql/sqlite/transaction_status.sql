-- SQLite: never asked (PostgreSQL: see there).
select 'aborted' where :id = ''
