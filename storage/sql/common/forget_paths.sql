delete from document_paths where document_id = :document
