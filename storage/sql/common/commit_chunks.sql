insert into chunks
  (document_id, ord, chunk_id, heading_path, byte_begin, byte_end, text, sha256,
   first_page, last_page, boxes)
select document_id, ord, chunk_id, heading_path, byte_begin, byte_end, text, sha256,
       first_page, last_page, boxes
from chunk_buffer
where document_id = :document
order by ord
