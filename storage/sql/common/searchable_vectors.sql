select c.document_id, c.ord, c.embedding
from documents d join chunks c on c.document_id = d.document_id
where d.status = 'embedded' and c.embedder = :embedder
