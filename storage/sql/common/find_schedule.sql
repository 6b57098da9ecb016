select cron, next_at, written_at, last_at, last_job, paused_at from schedules where schedule = :name
