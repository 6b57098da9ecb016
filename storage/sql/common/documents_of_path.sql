select document_id
from document_paths
where owner = :owner and path = :path
order by version, document_id
