select ended from runtimes where runtime_id = :runtime
