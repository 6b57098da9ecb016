-- Works with version 6.
-- Payloads and outputs stay the text that came in. Here they are text already (PostgreSQL: jsonb until
-- now), so nothing changes.
select 1;
