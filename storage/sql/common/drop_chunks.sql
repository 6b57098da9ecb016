delete from chunks where document_id = :document
