select coalesce(e.language, ''), d.title, d.name, d.source_path, c.document_id, c.chunk_id, c.ord, c.heading_path,
       c.byte_begin, c.byte_end, c.text, c.sha256, c.first_page, c.last_page, c.boxes, d.owner,
       d.media_type
from chunks c
join documents d on d.document_id = c.document_id
left join chunk_entries e on e.document_id = c.document_id and e.ord = c.ord
where c.document_id = :document and c.ord = :ord
