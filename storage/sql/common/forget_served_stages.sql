delete from served_stages where runtime_id not in (select runtime_id from runtimes)
