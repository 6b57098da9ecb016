select lane from lanes where pipeline = :pipeline and stage = :stage and tenant = :tenant
