-- PostgreSQL: bytes come as hexadecimal text (SQLite: bound as text).
insert into embedding_buffer (document_id, embedder, ord, embedding)
values (:document, :embedder, :ord, cast(:embedding as bytea))
on conflict (document_id, embedder, ord) do update set embedding = excluded.embedding
