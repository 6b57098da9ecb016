select runtime_id from runtimes where runtime_id = :runtime and started_at = :started_at
