select pipeline, stage, state, count(*) from jobs
group by pipeline, stage, state
order by pipeline, stage, cast(state as text)
