-- From each moment to the next, how many customers went from which stage to which. Only
-- those who moved are looked at: who stayed is whoever was there before and did not.
with moves as (
    select
        as_of_at,
        former_stage,
        lifecycle_stage,
        count(*) as customer_count
    from {{ ref('stage_moves') }}
    group by as_of_at, former_stage, lifecycle_stage
),

changes as (
    select
        as_of_at,
        lifecycle_stage,
        customer_count,
        0 as leaver_count
    from moves
    union all
    select
        as_of_at,
        former_stage as lifecycle_stage,
        -customer_count as customer_count,
        customer_count as leaver_count
    from moves
    where former_stage is not null
),

stages as (
    select distinct lifecycle_stage from changes
),

counted as (
    select
        moments.as_of_at,
        stages.lifecycle_stage,
        coalesce(sum(changes.customer_count), 0) as gained_count,
        coalesce(sum(changes.leaver_count), 0) as leaver_count
    from {{ ref('stage_moments') }} as moments
    cross join stages
    left join changes
        on
            moments.as_of_at = changes.as_of_at
            and stages.lifecycle_stage = changes.lifecycle_stage
    group by moments.as_of_at, stages.lifecycle_stage
),

stayed as (
    select
        as_of_at,
        lifecycle_stage as former_stage,
        lifecycle_stage,
        coalesce(sum(gained_count) over (
            partition by lifecycle_stage
            order by as_of_at rows between unbounded preceding and 1 preceding
        ), 0) - leaver_count as customer_count
    from counted
)

select
    moments.former_as_of_at as from_at,
    moments.as_of_at as to_at,
    coalesce(told.former_stage, 'not yet seen') as from_stage,
    told.lifecycle_stage as to_stage,
    cast(told.customer_count as bigint) as customer_count
from (
    select * from moves
    union all
    select * from stayed
) as told
inner join {{ ref('stage_moments') }} as moments on told.as_of_at = moments.as_of_at
where told.customer_count > 0
