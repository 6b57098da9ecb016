select distinct owner, path
from document_paths
where (cast(:owner as text) = '' or owner = :owner)
  and (cast(:path as text) = '' or path = :path
       or substr(path, 1, length(:path) + 1) = :path || '/')
  and path like '/%'
order by owner, path
