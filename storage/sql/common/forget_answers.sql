delete from idempotent_requests where made_at <= :before
