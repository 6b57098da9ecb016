delete from documents where document_id = :document
