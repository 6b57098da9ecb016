select schedule, cron, pipeline, next_at, last_at, last_job, paused_at, paused_by
from schedules
order by schedule
