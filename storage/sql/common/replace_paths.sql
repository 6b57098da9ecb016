-- What the paths of the document had before it.
update document_paths
set state = 'replaced'
where (owner, path) in (select owner, path from document_paths
                        where document_id = :document and state = 'current')
  and document_id <> :document and state <> 'replaced'
  and exists (select 1 from document_paths newer
              where newer.document_id = :document and newer.owner = document_paths.owner
                and newer.path = document_paths.path
                and (newer.version > document_paths.version
                     or (newer.version = document_paths.version
                         and newer.document_id > document_paths.document_id)))
