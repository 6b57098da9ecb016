-- No clock decides whether a lease lasts: it does until another runtime has seen no renewal for its length.
update runtimes set lease_until = :lease_until, beat = beat + 1
where runtime_id = :runtime and ended = 0
returning beat
