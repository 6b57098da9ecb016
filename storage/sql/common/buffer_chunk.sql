insert into chunk_buffer
  (document_id, ord, chunk_id, heading_path, byte_begin, byte_end, text, sha256,
   first_page, last_page, boxes)
values (:document, :ord, :chunk, :heading_path, :byte_begin, :byte_end, :text, :sha256,
        :first_page, :last_page, :boxes)
