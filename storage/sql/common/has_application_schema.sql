select count(*) from application_schemas where digest = :digest
