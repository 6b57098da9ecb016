-- SQLite only: a slot has one row (PostgreSQL: each flight has one, for entries of an index stay there).
insert into in_hand (runtime_id, slot, jobs) values (:runtime, :slot, :jobs)
on conflict (runtime_id, slot) do update set jobs = excluded.jobs
