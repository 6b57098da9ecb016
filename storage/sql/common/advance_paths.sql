-- The document can be searched: it is the current version of its paths that have no newer one which
-- can be searched as well.
update document_paths
set state = case when exists
                   (select 1 from document_paths newer
                    where newer.owner = document_paths.owner and newer.path = document_paths.path
                      and newer.state = 'current'
                      and (newer.version > document_paths.version
                           or (newer.version = document_paths.version
                               and newer.document_id > document_paths.document_id)))
                 then 'replaced' else 'current' end
where document_id = :document and state = 'waiting'
