insert into runtimes
  (runtime_id, host, boot, pid, session, version, started_at, lease_until, lease_us)
values (:runtime, :host, :boot, :pid, :session, :version, :now, :lease_until, :lease)
