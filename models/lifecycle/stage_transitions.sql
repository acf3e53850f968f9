-- From one moment to the next, how many customers moved from which stage to which.
with paired as (
    select
        customer_id,
        as_of_at as to_at,
        lifecycle_stage as to_stage,
        lag(as_of_at) over (partition by customer_id order by as_of_at) as from_at,
        lag(lifecycle_stage) over (partition by customer_id order by as_of_at)
            as from_stage
    from {{ ref('lifecycle_stages') }}
)

select
    from_at,
    to_at,
    coalesce(from_stage, 'not yet seen') as from_stage,
    to_stage,
    count(*) as customer_count
from paired
where to_at > (select min(as_of_at) from {{ ref('lifecycle_stages') }})
group by from_at, to_at, coalesce(from_stage, 'not yet seen'), to_stage
