insert into access_tokens (name, hash, role, owner, tenant, pipeline, created_at, created_by, expires_at)
values (:name, :hash, :role, :owner, :tenant, :pipeline, :now, :by, :expires)
on conflict (name) do nothing
