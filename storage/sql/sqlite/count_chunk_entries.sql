-- SQLite: the highest number, which is cheap and no smaller (PostgreSQL: as of the last analyze).
select coalesce(max(entry), 0) from chunk_entries
