select token_hash from console_sessions where hash = :hash and is_link = 0 and expires_at > :now
