-- What an operator ordered of a runtime, or of many jobs at once.
insert into events (pipeline, stage, type, severity, code, message, epoch, attempt, at, correlation_id)
values ('', '', 'control', 'info', 'ORDERED', :message, 0, 0, :now, '')
