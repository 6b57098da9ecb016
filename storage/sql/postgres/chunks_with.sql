-- PostgreSQL: ranked by ts_rank and the weight of each word (SQLite: by the full-text index).
-- The :limit chunks of searchable documents that match best, and what their ranking reads; :words is
-- a list of [tsquery, weight].
with words as materialized (
  select cast(value ->> 0 as tsquery) as word, cast(value ->> 1 as double precision) as weight
  from json_array_elements(cast(:words as json))),
-- Read through the index of words first, whatever the planner takes documents for.
found as materialized (
  select document_id, ord, language, words
  from chunk_entries
  where words @@ cast(:query as tsquery)),
best as (
  select f.document_id, f.ord, f.language, d.title, d.name, d.source_path, d.owner, d.media_type,
         (select sum(w.weight * ts_rank('{0.25, 0.25, 0.5, 1}', fetched.words, w.word, 1))
          from words w) as score
  from found f
  join documents d on d.document_id = f.document_id,
  -- Fetched once, not for each word.
  lateral (select f.words || '' as words offset 0) fetched
  where d.status = 'embedded'
    and (cast(:owner as text) = '' or d.owner = :owner)
    and (cast(:media_type as text) = '' or d.media_type = :media_type)
    and (cast(:path as text) = '' or left(d.source_path, length(:path)) = :path
         or exists (select 1 from document_paths p
                    where p.document_id = d.document_id and p.state = 'current'
                      and left(p.path, length(:path)) = :path))
    and (cast(:collection as text) = '' or d.collection = :collection)
    and (cast(:tag as text) = '' or cast(d.tags as jsonb) @> to_jsonb(cast(:tag as text)))
    and d.created_at >= cast(:since as bigint) and d.created_at < cast(:until as bigint)
  order by score desc, f.document_id, f.ord
  limit :limit)
select b.language, b.title, b.name, b.source_path, c.document_id, c.chunk_id, c.ord, c.heading_path,
       c.byte_begin, c.byte_end, c.text, c.sha256, c.first_page, c.last_page, c.boxes, b.owner,
       b.media_type
from best b
join chunks c on c.document_id = b.document_id and c.ord = b.ord
