select cron, next_at, written_at from schedules where schedule = :name
