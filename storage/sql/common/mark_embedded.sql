update documents set status = 'embedded', replaced_at = 0, updated_at = :now where document_id = :document
