insert into console_sessions (hash, token_hash, is_link, expires_at)
values (:hash, :token, :is_link, :expires)
