-- The runtimes that are alive and claim at a stage. One of a version that did not say where may do so.
select runtime_id from runtimes
where lease_until > :now
  and (exists (select 1 from served_stages s
               where s.since = started_at and s.pipeline = :pipeline and s.stage = :stage)
       or not exists (select 1 from served_stages s where s.since = started_at))
order by runtime_id
