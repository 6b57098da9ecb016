select count(*) from (
  select 1 from events where event_id > :after and event_id <= :until limit 1) as any_event
