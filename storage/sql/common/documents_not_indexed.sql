select document_id from documents
where status = 'embedded' and chunk_count > 0 and indexed_by <> :analyser
order by document_id
limit :limit
