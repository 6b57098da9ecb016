-- SQLite: ranked by the full-text index (PostgreSQL: by ts_rank and the weight of each word).
-- The :limit chunks of searchable documents that match best, and what their ranking reads.
with best as (
  select e.document_id, e.ord, e.language, bm25(chunk_index, 4.0, 2.0, 1.0) as cost
  from chunk_index
  join chunk_entries e on e.entry = chunk_index.rowid
  join documents d on d.document_id = e.document_id
  where chunk_index match :query and d.status = 'embedded'
    and (:owner = '' or d.owner = :owner)
    and (:media_type = '' or d.media_type = :media_type)
    and (:path = '' or substr(d.source_path, 1, length(:path)) = :path
         or exists (select 1 from document_paths p
                    where p.document_id = d.document_id and p.state = 'current'
                      and substr(p.path, 1, length(:path)) = :path))
    and (:collection = '' or d.collection = :collection)
    and (:tag = '' or exists (select 1 from json_each(d.tags) where value = :tag))
    and d.created_at >= :since and d.created_at < :until
  order by cost, e.document_id, e.ord
  limit :limit)
select b.language, d.title, d.name, d.source_path, c.document_id, c.chunk_id, c.ord, c.heading_path,
       c.byte_begin, c.byte_end, c.text, c.sha256, c.first_page, c.last_page, c.boxes, d.owner,
       d.media_type
from best b
join documents d on d.document_id = b.document_id
join chunks c on c.document_id = b.document_id and c.ord = b.ord
