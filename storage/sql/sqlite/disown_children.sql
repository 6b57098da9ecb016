-- SQLite: stages through json_each (PostgreSQL: json_array_elements_text). Those that the parent
-- made at these stages no longer count.
delete from children
where parent_id = :parent and made_at in (select value from json_each(:stages))
returning child_id
