select depth from queue_depths where pipeline = :pipeline
