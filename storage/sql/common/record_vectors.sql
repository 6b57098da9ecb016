update documents set embedder = :embedder, updated_at = :now where document_id = :document
