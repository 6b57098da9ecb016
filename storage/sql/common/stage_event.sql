insert into events (pipeline, stage, type, severity, message, epoch, attempt, at, correlation_id)
values (:pipeline, :stage, 'control', 'info', :message, 0, 0, :now, '')
