-- PostgreSQL: stages through json_array_elements_text (SQLite: json_each). Those that the parent
-- made at these stages no longer count.
delete from children
where parent_id = :parent
  and made_at in (select value from json_array_elements_text(cast(:stages as json)))
returning child_id
