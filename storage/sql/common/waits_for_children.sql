select count(*) from joins where parent_id = :parent
