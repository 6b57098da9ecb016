-- The file of a document is where a path of it is current.
update documents
set source_path = :path, name = :name
where document_id = :document
