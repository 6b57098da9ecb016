-- Where a document lies whose file is no longer where it was; nothing where it is.
select l.path
from documents d join document_paths l
  on l.document_id = d.document_id and l.state = 'current' and l.path like '/%'
where d.document_id = :document and d.status = 'embedded'
  and not exists (select 1 from document_paths here
                  where here.owner = d.owner and here.path = d.source_path
                    and here.document_id = d.document_id and here.state = 'current')
order by l.path
limit 1
