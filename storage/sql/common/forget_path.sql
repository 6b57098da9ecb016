delete from document_paths where owner = :owner and path = :path
