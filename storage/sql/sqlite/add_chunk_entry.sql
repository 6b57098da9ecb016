-- SQLite: the words are another statement (PostgreSQL: a column).
insert into chunk_entries (document_id, ord, language) values (:document, :ord, :language)
