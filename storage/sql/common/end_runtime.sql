update runtimes set lease_until = :now, ended = 1 where runtime_id = :runtime and ended = 0
