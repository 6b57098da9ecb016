insert into documents (document_id, owner, job_id, name, source_path, media_type, size_bytes,
                       file_sha256, raw_uri, status, collection, tags, created_at, updated_at)
values (:document, :owner, :job, :name, :source_path, :media_type, :size_bytes, :file_sha256,
        :raw_uri, 'registered', :collection, :tags, :now, :now)
on conflict (document_id) do update
set job_id = excluded.job_id, name = excluded.name, source_path = excluded.source_path,
    media_type = excluded.media_type, size_bytes = excluded.size_bytes,
    raw_uri = excluded.raw_uri, collection = excluded.collection, tags = excluded.tags,
    replaced_at = 0, updated_at = excluded.updated_at
where documents.job_id <> excluded.job_id
  and (documents.replaced_at > 0
       or coalesce((select state from jobs where jobs.job_id = documents.job_id), 'deadletter')
          in ('deadletter', 'cancelled'))
