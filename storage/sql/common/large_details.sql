select coalesce(cast(payload as text), ''), coalesce(cast(output as text), '') from job_details
where job_id = :job_id
