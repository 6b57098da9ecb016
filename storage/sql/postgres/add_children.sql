-- PostgreSQL: rows through json_array_elements (SQLite: json_each).
-- :rows is a list of [parent_id, child_id, made_at].
insert into children (parent_id, child_id, made_at)
select cast(value ->> 0 as bigint), cast(value ->> 1 as bigint), value ->> 2
from json_array_elements(cast(:rows as json))
