delete from console_sessions where hash = :hash
