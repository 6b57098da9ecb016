select 1 from chunk_buffer where document_id = :document limit 1
