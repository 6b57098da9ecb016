-- Works with version 6.
-- Leases without clocks. A runtime's identity is a random number that it draws itself: what the
-- database counts is counted again after a failover that lost commits.
-- Each renewal counts on; whoever watches sees that it does not.
alter table runtimes add column beat integer not null default 0;
alter table runtimes add column lease_us integer not null default 15000000;
-- By the runtime itself, or by another one that has rescued its jobs.
alter table runtimes add column ended integer not null default 0;

-- Which boot of the host, and under which name the server lists its sessions: whether it is dead.
alter table runtimes add column boot text not null default '';
alter table runtimes add column session text not null default '';
