-- Works with version 6.
-- The words of chunks, as ingest/search makes them: those of the title weigh A, of headings B, of the
-- text D.
alter table documents add column indexed_by text not null default '';
create table chunk_entries (
  document_id text not null,
  ord bigint not null,
  language text not null,
  words tsvector not null,
  primary key (document_id, ord)
);
create index chunk_entries_by_word on chunk_entries using gin (words);
