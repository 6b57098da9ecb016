select digest, answer from idempotent_requests where request = :request and made_at > :after
