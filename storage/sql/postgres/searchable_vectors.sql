-- PostgreSQL: a path begins by left, and parameters have their types (SQLite: by substr).
select c.document_id, c.ord, c.embedding
from documents d join chunks c on c.document_id = d.document_id
where d.status = 'embedded' and c.embedder = :embedder
  and (cast(:owner as text) = '' or d.owner = :owner)
  and (cast(:media_type as text) = '' or d.media_type = :media_type)
  and (cast(:path as text) = '' or left(d.source_path, length(:path)) = :path
       or exists (select 1 from document_paths p
                  where p.document_id = d.document_id and p.state = 'current'
                    and left(p.path, length(:path)) = :path))
  and (cast(:collection as text) = '' or d.collection = :collection)
  and (cast(:tag as text) = '' or cast(d.tags as jsonb) @> to_jsonb(cast(:tag as text)))
  and d.created_at >= cast(:since as bigint) and d.created_at < cast(:until as bigint)
