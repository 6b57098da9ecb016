update documents set indexed_by = :analyser where document_id = :document
