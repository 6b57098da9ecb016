select schedule, cron, pipeline, next_at, last_at, last_job from schedules order by schedule
