update documents
set parser = :parser, parsed_uri = :parsed_uri, status = 'parsed', title = :title,
    author = :author, date = :date, language = :language, warnings = :warnings, updated_at = :now
where document_id = :document
