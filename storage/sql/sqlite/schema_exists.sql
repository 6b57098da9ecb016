-- SQLite: its own catalog of tables.
select count(*) from sqlite_master where type = 'table' and name = 'schema_migrations'
