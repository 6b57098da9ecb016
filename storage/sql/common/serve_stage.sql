insert into served_stages (runtime_id, pipeline, stage) values (:runtime, :pipeline, :stage)
on conflict (runtime_id, pipeline, stage) do nothing
