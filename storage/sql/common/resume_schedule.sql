-- It goes on with the next time: those that passed meanwhile make no jobs.
update schedules set paused_at = 0, paused_by = '', next_at = :next, written_at = :now
where schedule = :name and paused_at > 0
