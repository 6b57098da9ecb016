-- The newest job with this text in its payload, or 0; reads the payloads of all jobs.
select coalesce(max(job_id), 0)
from job_details
where replace(cast(payload as text), :text, '') <> cast(payload as text)
