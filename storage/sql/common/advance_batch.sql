-- No row when another submitter has gone on with it.
update submit_batches
set lines = :lines, bytes = :bytes, sha256 = :sha256, made = :made, updated_at = :now
where batch = :batch and lines = :lines_before
