-- SQLite only: the words of the entry that was added last.
insert into chunk_index (rowid, title, headings, body)
values (last_insert_rowid(), :title, :headings, :body)
