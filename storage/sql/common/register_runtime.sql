insert into runtimes (host, pid, version, started_at, lease_until)
values (:host, :pid, :version, :now, :lease_until)
returning runtime_id
