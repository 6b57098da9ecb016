update documents
set chunk_count = :count, status = 'chunked', embedder = '', updated_at = :now
where document_id = :document
