-- PostgreSQL: a row that another session holds is left to it (SQLite: one writer).
-- Of two runtimes that see the same time come, one changes the row, and the other finds it held or
-- changed.
update schedules
set cron = :cron, pipeline = :pipeline, next_at = :next, written_at = :now
where schedule = (
  select schedule from schedules
  where schedule = :name and cron = :old_cron and next_at = :old_next
  for update skip locked)
