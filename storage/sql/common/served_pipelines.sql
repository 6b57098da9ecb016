-- What runtimes that were alive not long ago are configured with.
select distinct s.pipeline from served_stages s join runtimes r on r.runtime_id = s.runtime_id
where r.lease_until > :since
