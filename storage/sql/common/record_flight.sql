insert into in_hand (runtime_id, slot, jobs) values (:runtime, :slot, :jobs)
on conflict (runtime_id, slot) do update set jobs = excluded.jobs
