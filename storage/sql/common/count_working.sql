-- What is at work, by place and tenant. The bound, which holds for every row, leads through the index.
select j.pipeline, j.stage, coalesce(l.tenant, ''), count(*)
from jobs j left join lanes l on l.lane = j.lane
where j.state = 'working' and j.claimed_by >= 0
group by j.pipeline, j.stage, l.tenant
