select 1 from documents where document_id = :document and status = 'embedded'
