-- PostgreSQL: with its words (SQLite: index_chunk).
insert into chunk_entries (document_id, ord, language, words)
values (:document, :ord, :language, cast(:words as tsvector))
