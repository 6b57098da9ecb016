insert into joins (parent_id) values (:parent) on conflict do nothing
