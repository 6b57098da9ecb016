delete from joins where parent_id = :parent
