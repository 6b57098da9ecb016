insert into queue_depths (pipeline, depth) values (:pipeline, 0) on conflict (pipeline) do nothing
