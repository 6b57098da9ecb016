-- Works with version 6.
-- The words of chunks, as ingest/search makes them: a row of chunk_entries for each chunk, and one of
-- the full-text index with the same number. Columns are known, places are not: a search reads the
alter table documents add column indexed_by text not null default '';
create table chunk_entries (
  entry integer primary key,
  document_id text not null,
  ord integer not null,
  language text not null,
  unique (document_id, ord)
);
create virtual table chunk_index using fts5 (
  title, headings, body,
  tokenize = "ascii tokenchars '_.-+#@/:~''%&=?!'"
);
create trigger chunk_entries_leave after delete on chunk_entries begin
  delete from chunk_index where rowid = old.entry; end;
