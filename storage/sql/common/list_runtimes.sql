select runtime_id, host, pid, version, started_at, lease_until, ended from runtimes order by started_at, runtime_id
