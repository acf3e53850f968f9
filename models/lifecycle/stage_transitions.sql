-- From one moment to the next, how many customers moved from which stage to which.
with first_moment as (
    select min(as_of_at) as began_at from {{ ref('stage_moments') }}
),

paired as (
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
    paired.from_at,
    paired.to_at,
    paired.to_stage,
    coalesce(paired.from_stage, 'not yet seen') as from_stage,
    count(*) as customer_count
from paired
inner join first_moment on paired.to_at > first_moment.began_at
group by
    paired.from_at, paired.to_at, paired.to_stage,
    coalesce(paired.from_stage, 'not yet seen')
