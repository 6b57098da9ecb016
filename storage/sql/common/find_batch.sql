select pipeline, lines, bytes, sha256, made from submit_batches where batch = :batch
