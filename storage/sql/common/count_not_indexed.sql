select count(*) from documents where status = 'embedded' and chunk_count > 0 and indexed_by <> :analyser
