update limiters set tokens = :tokens, at = :at where limiter = :limiter
