select token_hash from console_sessions where hash = :hash and is_link = 1 and expires_at > :now
