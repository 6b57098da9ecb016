select ord, embedding from embedding_buffer
where document_id = :document and embedder = :embedder
order by ord
