select document_id from documents
where status = 'embedded' and indexed_by <> :analyser
order by document_id
limit :limit
