select hash from access_tokens where name = :name and (expires_at = 0 or expires_at > :now)
