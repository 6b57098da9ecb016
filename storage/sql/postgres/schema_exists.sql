-- PostgreSQL: the catalog, in the schema of this connection (SQLite: its own catalog of tables).
select count(*) from pg_catalog.pg_tables
where schemaname = current_schema() and tablename = 'schema_migrations'
