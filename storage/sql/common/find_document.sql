select document_id, owner, job_id, name, source_path, media_type, size_bytes, file_sha256, raw_uri,
       case when replaced_at > 0 then 'replaced' else status end as status, parser, parsed_uri,
       text_sha256, chunk_count, embedder, title, author, date, language, warnings, collection, tags
from documents
where document_id = :document
