-- PostgreSQL: by a tsquery (SQLite: through the full-text index). Counts no further than :limit.
select count(*) from (
  select 1 from chunk_entries where words @@ cast(:query as tsquery) limit :limit) found
