-- SQLite: a path begins by substr (PostgreSQL: by left, and parameters have their types).
select c.document_id, c.ord, c.embedding
from documents d join chunks c on c.document_id = d.document_id
where d.status = 'embedded' and c.embedder = :embedder
  and (:owner = '' or d.owner = :owner)
  and (:media_type = '' or d.media_type = :media_type)
  and (:path = '' or substr(d.source_path, 1, length(:path)) = :path
       or exists (select 1 from document_paths p
                  where p.document_id = d.document_id and p.state = 'current'
                    and substr(p.path, 1, length(:path)) = :path))
  and (:collection = '' or d.collection = :collection)
  and (:tag = '' or exists (select 1 from json_each(d.tags) where value = :tag))
  and d.created_at >= :since and d.created_at < :until
