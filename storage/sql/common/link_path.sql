-- The newest version of the path has these bytes, unless it had them before.
insert into document_paths (owner, path, document_id, version, state, source, at)
select cast(:owner as text), cast(:path as text), cast(:document as text),
       coalesce(max(version), 0) + 1, 'waiting', cast(:source as text),
       cast(:now as bigint)
from document_paths
where owner = :owner and path = :path
on conflict (owner, path, document_id) do update
set version = excluded.version, state = excluded.state, source = excluded.source,
    at = excluded.at
where document_paths.version <> excluded.version - 1 or document_paths.state = 'replaced'
   or document_paths.source <> excluded.source
