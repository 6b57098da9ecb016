update schedules set last_job = :job where schedule = :name
