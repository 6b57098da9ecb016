update schedules set last_at = :last, last_job = :job where schedule = :name
