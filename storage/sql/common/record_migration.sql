insert into schema_migrations (version, name, works_with, applied_at)
values (:version, :name, :works_with, :now)
