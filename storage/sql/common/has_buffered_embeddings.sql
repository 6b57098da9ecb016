select 1 from embedding_buffer where document_id = :document and embedder = :embedder limit 1
