select d.name, d.source_path, c.chunk_id, c.ord, c.heading_path, c.byte_begin, c.byte_end, c.text,
       c.sha256, c.first_page, c.last_page, c.boxes
from chunks c join documents d on d.document_id = c.document_id
where c.document_id = :document and c.ord = :ord
