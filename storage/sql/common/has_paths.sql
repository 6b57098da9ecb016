select 1 from document_paths where document_id = :document limit 1
