-- What each act leaves behind, until the next one: until when it counts for what.
with first_acts as (
    select
        customer_id,
        min(occurred_at) as occurred_at
    from {{ ref('lifecycle_acts') }}
    group by customer_id
),

-- Whoever was known before they did anything begins with that.
moments as (
    select
        customer_id,
        occurred_at,
        order_count,
        has_cart_add,
        interested_since_at,
        true as is_act
    from {{ ref('lifecycle_acts') }}
    union all
    select
        profiles.customer_id,
        profiles.first_received_at as occurred_at,
        0 as order_count,
        false as has_cart_add,
        null as interested_since_at,
        false as is_act
    from {{ ref('golden_profiles') }} as profiles
    left join first_acts on profiles.customer_id = first_acts.customer_id
    where
        first_acts.occurred_at is null
        or profiles.first_received_at < first_acts.occurred_at
),

followed as (
    select
        *,
        lead(occurred_at) over history as next_at,
        lag(case when is_act then occurred_at end) over history as former_at,
        max(case when order_count > 0 then occurred_at end) over earlier
            as former_order_at,
        sum(order_count) over so_far as orders_so_far,
        max(case when order_count > 0 then occurred_at end) over so_far
            as last_order_at,
        max(case when has_cart_add then occurred_at end) over so_far
            as last_cart_add_at,
        max(interested_since_at) over so_far as last_interested_since_at
    from moments
    window
        history as (partition by customer_id order by occurred_at),
        so_far as (history rows unbounded preceding),
        earlier as (history rows between unbounded preceding and 1 preceding)
),

-- Who had bought is back with an order; who had not, with anything.
judged as (
    select
        *,
        case
            when
                order_count > 0
                and former_order_at
                <= occurred_at - interval {{ var('lapsed_after_days') }} day
                then occurred_at
            when
                orders_so_far = 0
                and former_at
                <= occurred_at - interval {{ var('lapsed_after_days') }} day
                then occurred_at
        end as back_at
    from followed
)

select
    customer_id,
    occurred_at as since_at,
    next_at,
    cast(orders_so_far as bigint) as order_count,
    coalesce(last_order_at, occurred_at)
    + interval {{ var('lapsed_after_days') }} day as lapses_at,
    max(back_at) over (
        partition by customer_id, orders_so_far > 0
        order by occurred_at rows unbounded preceding
    ) + interval {{ var('reactivated_for_days') }} day as reactivated_until_at,
    occurred_at + interval {{ var('cart_abandoned_after_hours') }} hour as quiet_at,
    last_cart_add_at + interval {{ var('interested_for_days') }} day as cart_until_at,
    last_interested_since_at + interval {{ var('interested_for_days') }} day
        as interested_until_at
from judged
