insert into submit_batches (batch, pipeline, lines, bytes, sha256, made, updated_at)
values (:batch, :pipeline, :lines, :bytes, :sha256, :made, :now)
on conflict (batch) do nothing
