select chunk_id, ord, heading_path, byte_begin, byte_end, text, sha256,
       first_page, last_page, boxes
from chunks
where document_id = :document
  and not exists (select 1 from embedding_buffer b
                  where b.document_id = chunks.document_id and b.embedder = :embedder
                    and b.ord = chunks.ord)
order by ord
limit :limit
