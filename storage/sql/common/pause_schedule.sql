update schedules set paused_at = :now, paused_by = :by where schedule = :name and paused_at = 0
