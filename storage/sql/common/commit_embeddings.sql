update chunks set embedder = :embedder, embedding = b.embedding
from embedding_buffer b
where b.document_id = :document and b.embedder = :embedder
  and chunks.document_id = b.document_id and chunks.ord = b.ord
