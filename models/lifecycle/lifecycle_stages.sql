{% set lapsed_days = var('lapsed_after_days') %}

with known as (
    select
        profiles.customer_id,
        moments.as_of_at,
        moments.is_now,
        profiles.first_received_at
    from {{ ref('golden_profiles') }} as profiles
    inner join {{ ref('stage_moments') }} as moments
        on profiles.first_received_at <= moments.as_of_at
),

history as (
    select
        known.customer_id,
        known.as_of_at,
        known.is_now,
        known.first_received_at,
        max(days.last_activity_at) as last_activity_at,
        max(days.last_cart_add_at) as last_cart_add_at,
        max(days.last_order_at) as last_order_at,
        cast(coalesce(sum(days.order_count), 0) as bigint) as order_count,
        cast(coalesce(sum(days.product_view_count + days.email_click_count) filter (
            where days.last_activity_at > known.as_of_at - interval 30 day
        ), 0) as bigint) as interest_count
    from known
    left join {{ ref('customer_days') }} as days
        on
            known.customer_id = days.customer_id
            and known.as_of_at >= days.last_activity_at
    group by
        known.customer_id, known.as_of_at, known.is_now, known.first_received_at
)

-- Read from the top: the first rule that holds is the stage.
select
    customer_id,
    as_of_at,
    is_now,
    case
        when
            coalesce(last_order_at, last_activity_at, first_received_at)
            <= as_of_at - interval {{ lapsed_days }} day then 'lapsed'
        when order_count >= 2 then 'repeat_buyer'
        when order_count = 1 then 'first_time_buyer'
        when
            last_cart_add_at > as_of_at - interval 30 day
            and last_activity_at
            <= as_of_at - interval {{ var('cart_abandoned_after_hours') }} hour
            then 'cart_abandoner'
        when
            interest_count >= {{ var('engaged_product_views') }}
            or last_cart_add_at > as_of_at - interval 30 day then 'engaged_prospect'
        else 'new_visitor'
    end as lifecycle_stage
from history
