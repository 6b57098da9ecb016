-- SQLite: one writer, nothing to skip (PostgreSQL: for update skip locked).
update runtimes
set ended = 1, lease_until = case when lease_until > :now then :now else lease_until end
where runtime_id = :runtime and ended = 0 and beat = :beat and lease_until = :lease_until
