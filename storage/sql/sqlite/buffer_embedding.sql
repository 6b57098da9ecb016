-- SQLite: bytes are bound as text (PostgreSQL: as bytea).
insert into embedding_buffer (document_id, embedder, ord, embedding)
values (:document, :embedder, :ord, cast(:embedding as blob))
on conflict (document_id, embedder, ord) do update set embedding = excluded.embedding
