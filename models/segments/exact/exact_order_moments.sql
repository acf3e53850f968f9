-- When the orders of a customer of now may have come to something else: an order, its
-- end, a refund, a midnight at which one leaves a window.
with lengths as (
    select unnest([30, 90, 365]) as days
),

turns as (
    select
        record_id,
        order_key as event_id,
        unnest([ordered_at, void_since_at]) as moved_at,
        null as timer
    from {{ ref('orders') }}
    union all
    select
        record_id,
        refund_id as event_id,
        refunded_at as moved_at,
        null as timer
    from {{ ref('refunds') }}
    union all
    select
        orders.record_id,
        null as event_id,
        {{ shop_midnight('orders.ordered_on + lengths.days') }} as moved_at,
        'midnight' as timer
    from {{ ref('orders') }} as orders
    cross join lengths
    union all
    select
        record_id,
        null as event_id,
        {{ shop_midnight(shop_date('refunded_at') ~ ' + 365') }} as moved_at,
        'midnight' as timer
    from {{ ref('refunds') }}
)

select
    identity.customer_id,
    greatest(turns.moved_at, horizon.began_at) as as_of_at,
    {{ shop_date('greatest(turns.moved_at, horizon.began_at)') }} as as_of_on,
    min(turns.event_id) filter (where turns.moved_at >= horizon.began_at) as event_id,
    min(turns.timer) filter (where turns.moved_at >= horizon.began_at) as timer
from turns
cross join {{ ref('exact_horizon') }} as horizon
inner join {{ ref('identity_map') }} as identity
    on turns.record_id = identity.record_id
where turns.moved_at <= horizon.as_of_at
group by all
