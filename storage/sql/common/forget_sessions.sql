delete from console_sessions where expires_at <= :now
