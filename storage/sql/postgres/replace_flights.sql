-- PostgreSQL only: :slot is a number that no flight had (SQLite: record_flight, one row a slot). A row that
-- changes leaves an entry of its key for each change, as long as any transaction of the server is
-- older, and each change would walk over these. :ended is a list of the numbers of flights that ended.
with ended as (
  delete from in_hand
  where runtime_id = :runtime
    and slot = any(array(
      select cast(value as bigint) from json_array_elements_text(cast(:ended as json)))))
insert into in_hand (runtime_id, slot, jobs) values (:runtime, :slot, :jobs)
