-- SQLite: one writer (PostgreSQL: a row that another session holds is left to it).
update schedules
set cron = :cron, pipeline = :pipeline, next_at = :next, written_at = :now
where schedule = :name and cron = :old_cron and next_at = :old_next
  and last_at = :old_last
