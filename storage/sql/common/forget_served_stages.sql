delete from served_stages
where not exists (select 1 from runtimes where started_at = served_stages.since)
