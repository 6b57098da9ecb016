-- Works with version 6.
-- What is asked again and again walks no index of jobs that leave it all the time: as long as any
-- transaction of the server is older, each of them leaves an entry there.

-- The jobs at work that are to be cancelled, which are few.
create index jobs_to_cancel on jobs (claimed_by) where state = 'working' and cancel_requested = 1;
