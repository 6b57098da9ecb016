insert into pipelines (pipeline, first_stage, updated_at) values (:pipeline, :stage, :now)
on conflict (pipeline) do update
set first_stage = excluded.first_stage, updated_at = excluded.updated_at
where pipelines.first_stage <> excluded.first_stage
