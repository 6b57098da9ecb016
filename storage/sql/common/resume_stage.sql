delete from stage_controls where pipeline = :pipeline and stage = :stage
