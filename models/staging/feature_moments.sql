with now_moment as (
    select as_of_at from {{ ref('as_of') }}
),

past_midnights as (
    select distinct
        {{ shop_midnight(shop_date('as_of_at') ~ ' - past.day_count') }} as as_of_at
    from now_moment
    cross join (
        select unnest({{ var('training_moments_days') }}) as day_count
    ) as past
),

history as (
    select min(occurred_at) as began_at from {{ ref('stg_web__events') }}
    union all
    select min(created_at) from {{ ref('stg_shop__orders') }}
)

select
    as_of_at,
    true as is_now
from now_moment
union all
select
    as_of_at,
    false as is_now
from past_midnights
where as_of_at > (select min(began_at) + interval 14 day from history)
