delete from console_sessions where hash = :hash and is_link = 1 and expires_at > :now returning token_hash
