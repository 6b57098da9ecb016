delete from chunk_entries where document_id = :document
