-- Of all paths that have, or had, this document.
select path, document_id, version, state, at
from document_paths
where (owner, path) in (select owner, path from document_paths where document_id = :document)
order by path, version, document_id
