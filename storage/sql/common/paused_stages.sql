select pipeline, stage, paused_since, paused_by from stage_controls order by pipeline, stage
