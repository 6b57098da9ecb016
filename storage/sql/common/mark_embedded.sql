update documents set status = 'embedded', updated_at = :now where document_id = :document
