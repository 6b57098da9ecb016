select case when indexed_by = :analyser then 'yes' else 'no' end
from documents
where document_id = :document
