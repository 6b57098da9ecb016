select cron, next_at, written_at, last_at from schedules where schedule = :name
