delete from access_tokens where name = :name
