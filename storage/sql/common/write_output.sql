insert into job_details (job_id, output, at) values (:job, :output, :now)
on conflict (job_id) do update set output = excluded.output, at = excluded.at
