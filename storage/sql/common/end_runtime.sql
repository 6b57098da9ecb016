update runtimes set lease_until = :now where runtime_id = :runtime and lease_until > :now
