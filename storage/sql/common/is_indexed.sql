select document_id
from documents
where document_id = :document and indexed_by = :analyser
