update runtimes set lease_until = :lease_until where runtime_id = :runtime and lease_until > :now
