insert into schedules (schedule, cron, pipeline, next_at, written_at)
values (:name, :cron, :pipeline, :next, :now)
on conflict (schedule) do nothing
