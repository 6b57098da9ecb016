-- All documents that a path of this one has, or had.
select distinct document_id
from document_paths
where (owner, path) in (select owner, path from document_paths where document_id = :document)
