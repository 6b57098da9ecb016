-- SQLite: the fate of a commit is always known (PostgreSQL: see there).
select ''
