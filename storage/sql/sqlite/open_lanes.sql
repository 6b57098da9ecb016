-- SQLite: insert or ignore, rows through json_each (PostgreSQL: on conflict do nothing).
-- Makes the lanes that are not there yet; :lanes is a list of [pipeline, stage, tenant].
insert or ignore into lanes (pipeline, stage, tenant)
select value ->> 0, value ->> 1, value ->> 2 from json_each(:lanes)
where not exists (select 1 from lanes l
                  where l.pipeline = value ->> 0 and l.stage = value ->> 1 and l.tenant = value ->> 2)
