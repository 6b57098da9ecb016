-- Works with version 6.
-- A document has the paths under which its bytes were seen. Each path has versions: one of them is
-- current and can be searched, newer ones wait until they can be, older ones are replaced. The path
-- of what came over HTTP is its blob.
create table document_paths (
  owner text not null,
  path text not null,
  document_id text not null,
  -- Counts up for each path, in the order in which its bytes were read.
  version bigint not null,
  state text not null
    check (state = 'waiting' or state = 'current' or state = 'replaced'),
  -- What found it there, as its submitter says; empty for nothing.
  source text not null default '',
  at bigint not null,
  primary key (owner, path, document_id)
);
create index document_paths_by_document on document_paths (document_id);

-- When the last of its paths moved on; 0 while one has it. Its text stays, its chunks do not.
alter table documents add column replaced_at bigint not null default 0;
alter table documents add column collection text not null default '';
alter table documents add column tags text not null default '[]';

insert into document_paths (owner, path, document_id, version, state, at)
select owner, place, document_id,
       row_number() over (partition by owner, place order by job_id, document_id),
       case when status <> 'embedded' then 'waiting'
            when row_number() over (partition by owner, place, status order by job_id desc, document_id desc) = 1
              then 'current'
            else 'replaced' end,
       created_at
from (select owner, document_id, job_id, status, created_at,
             case when source_path like '/%' then source_path else raw_uri end as place
      from documents) as known;

update documents
set replaced_at = updated_at, status = 'parsed', chunk_count = 0, embedder = ''
where document_id in (select document_id from document_paths where state = 'replaced');

delete from chunks
where document_id in (select document_id from document_paths where state = 'replaced');

delete from chunk_entries
where document_id in (select document_id from document_paths where state = 'replaced');
