delete from chunk_buffer where document_id = :document
