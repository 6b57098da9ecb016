-- The highest id below that one.
select job_id
from jobs
where job_id < :before
order by job_id desc
limit 1
