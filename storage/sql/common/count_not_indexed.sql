select count(*) from documents where status = 'embedded' and indexed_by <> :analyser
