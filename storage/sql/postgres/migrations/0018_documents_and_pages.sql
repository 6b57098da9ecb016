-- Works with version 6.
-- What a file says about itself, what its parser had to guess or leave out (a JSON array of code,
-- message and count), and where a chunk stands on the pages of its document (a JSON array of page,
-- left, top, right and bottom).
alter table documents add column title text not null default '';
alter table documents add column author text not null default '';
alter table documents add column date text not null default '';
alter table documents add column language text not null default '';
alter table documents add column warnings text not null default '[]';
alter table chunk_buffer add column first_page bigint not null default 0;
alter table chunk_buffer add column last_page bigint not null default 0;
alter table chunk_buffer add column boxes text not null default '[]';
alter table chunks add column first_page bigint not null default 0;
alter table chunks add column last_page bigint not null default 0;
alter table chunks add column boxes text not null default '[]';
