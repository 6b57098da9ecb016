select document_id, owner, job_id, name, source_path, media_type, size_bytes, file_sha256, raw_uri,
       case when replaced_at > 0 then 'replaced' else status end as status, parser, parsed_uri,
       text_sha256, chunk_count, embedder, title, author, date, language, warnings, collection, tags
from documents
where owner = :owner and document_id > :after
  and (replaced_at = 0 or :all = 1 or :status = 'replaced')
  and (cast(:status as text) = ''
       or case when replaced_at > 0 then 'replaced' else status end = :status)
  and (cast(:path as text) = ''
       or exists (select 1 from document_paths p
                  where p.document_id = documents.document_id
                    and (p.state <> 'replaced' or documents.replaced_at > 0)
                    and (p.path = :path
                         or substr(p.path, 1, length(:path) + 1) = :path || '/')))
order by document_id
limit :limit
