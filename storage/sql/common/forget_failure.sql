update job_details set code = null, message = null, at = :now where job_id = :job
