delete from in_hand where runtime_id = :runtime
