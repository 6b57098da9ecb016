insert into application_schemas (digest, applied_at) values (:digest, :now)
