select 1 from document_paths where document_id = :document and state <> 'replaced' limit 1
