insert into idempotent_requests (request, digest, answer, made_at)
values (:request, :digest, :answer, :now)
on conflict (request) do nothing
