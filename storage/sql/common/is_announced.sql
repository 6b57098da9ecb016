select count(*) from pipelines where pipeline = :pipeline
