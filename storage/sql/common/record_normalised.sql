update documents set text_sha256 = :text_sha256, updated_at = :now where document_id = :document
