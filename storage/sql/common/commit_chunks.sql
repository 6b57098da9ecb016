insert into chunks (document_id, ord, chunk_id, heading_path, byte_begin, byte_end, text, sha256)
select document_id, ord, chunk_id, heading_path, byte_begin, byte_end, text, sha256
from chunk_buffer
where document_id = :document
order by ord
