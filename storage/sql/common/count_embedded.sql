select count(*) from chunks where document_id = :document and embedder = :embedder
