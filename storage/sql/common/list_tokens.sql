select name, role, owner, tenant, pipeline, created_at, created_by, expires_at
from access_tokens
order by name
