insert into served_stages (since, pipeline, stage) values (:now, :pipeline, :stage)
on conflict (since, pipeline, stage) do nothing
