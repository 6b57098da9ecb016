-- PostgreSQL: a path begins by left, and parameters have their types (SQLite: by substr).
select c.document_id, c.ord, c.embedding
from documents d join chunks c on c.document_id = d.document_id
where d.status = 'embedded' and c.embedder = :embedder
  and (cast(:owner as text) = '' or d.owner = :owner)
  and (cast(:media_type as text) = '' or d.media_type = :media_type)
  and (cast(:path as text) = '' or left(d.source_path, length(:path)) = :path)
  and d.created_at >= cast(:since as bigint) and d.created_at < cast(:until as bigint)
