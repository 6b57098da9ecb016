-- The runtimes that are alive and claim at a stage.
select r.runtime_id from served_stages s join runtimes r on r.runtime_id = s.runtime_id
where s.pipeline = :pipeline and s.stage = :stage and r.lease_until > :now
order by r.runtime_id
