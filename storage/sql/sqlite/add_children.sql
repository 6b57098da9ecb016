-- SQLite: rows through json_each (PostgreSQL: json_array_elements).
-- :rows is a list of [parent_id, child_id, made_at].
insert or rollback into children (parent_id, child_id, made_at)
select value ->> 0, value ->> 1, value ->> 2 from json_each(:rows)
