insert into stage_controls (pipeline, stage, paused_since, paused_by)
values (:pipeline, :stage, :now, :by)
on conflict (pipeline, stage) do nothing
