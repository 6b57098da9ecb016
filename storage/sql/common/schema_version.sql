select coalesce(max(version), 0), coalesce(max(works_with), 0) from schema_migrations
