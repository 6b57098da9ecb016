update documents
set parser = :parser, parsed_uri = :parsed_uri, status = 'parsed', updated_at = :now
where document_id = :document
