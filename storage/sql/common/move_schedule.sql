-- Of two runtimes that see the same time come, one changes the row, and the other finds it changed.
update schedules
set cron = :cron, pipeline = :pipeline, next_at = :next, written_at = :now
where schedule = :name and cron = :old_cron and next_at = :old_next
