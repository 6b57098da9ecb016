delete from events where event_id > :after and event_id <= :until and at < :before
