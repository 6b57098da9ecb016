delete from embedding_buffer where document_id = :document
