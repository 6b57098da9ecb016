-- PostgreSQL: a row that is being changed is that of a runtime that lives, or is found so the next
-- time (SQLite: one writer).
update runtimes
set ended = 1, lease_until = case when lease_until > :now then :now else lease_until end
where runtime_id = (select runtime_id from runtimes
                    where runtime_id = :runtime and ended = 0 and beat = :beat
                      and lease_until = :lease_until
                    for update skip locked)
