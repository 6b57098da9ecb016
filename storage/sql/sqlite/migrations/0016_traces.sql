-- Works with version 6.
-- Where the trace of a job goes on (W3C Trace Context), 55 characters.
alter table job_details add column traceparent text;
