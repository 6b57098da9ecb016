-- SQLite: through the full-text index (PostgreSQL: a tsquery). Counts no further than :limit.
select count(*) from (
  select 1 from chunk_index where chunk_index match :query limit :limit)
