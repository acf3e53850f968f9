with now_moment as (
    select as_of_at from {{ ref('as_of') }}
),

days_back as (
    select unnest({{ var('training_moments_days') }}) as day_count
),

past_midnights as (
    select distinct
        {{ shop_midnight(shop_date('now_moment.as_of_at') ~ ' - days_back.day_count') }}
            as as_of_at
    from now_moment
    cross join days_back
),

arrivals as (
    select min(occurred_at) as began_at from {{ ref('web_events') }}
    union all
    select min(created_at) as began_at from {{ ref('shop_orders') }}
),

-- A moment needs some history before it.
history as (
    select min(began_at) + interval 14 day as long_enough_at from arrivals
)

select
    as_of_at,
    true as is_now
from now_moment
union all
select
    past_midnights.as_of_at,
    false as is_now
from past_midnights
inner join history on past_midnights.as_of_at > history.long_enough_at
