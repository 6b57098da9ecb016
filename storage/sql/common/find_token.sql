select name, role, owner, tenant, pipeline, created_at, created_by, expires_at
from access_tokens
where hash = :hash and (expires_at = 0 or expires_at > :now)
