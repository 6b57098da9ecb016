-- Chunks that the current versions of the document's paths have as well keep their vectors.
insert into embedding_buffer (document_id, embedder, ord, embedding)
select c.document_id, old.embedder, c.ord, old.embedding
from chunks c join chunks old
  on old.sha256 = c.sha256 and old.heading_path = c.heading_path and old.embedder = :embedder
where c.document_id = :document
  and old.document_id in
      (select document_id from document_paths
       where state = 'current' and document_id <> :document
         and (owner, path) in (select owner, path from document_paths
                               where document_id = :document))
on conflict (document_id, embedder, ord) do nothing
