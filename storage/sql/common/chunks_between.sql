select chunk_id, ord, heading_path, byte_begin, byte_end, text, sha256,
       first_page, last_page, boxes
from chunks
where document_id = :document and ord >= :from and ord < :to
order by ord
