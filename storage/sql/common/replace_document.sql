update documents
set status = 'parsed', chunk_count = 0, embedder = '', replaced_at = :now, updated_at = :now
where document_id = :document
