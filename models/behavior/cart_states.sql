-- What became of each cart, as of now: a customer may pay on another device or in the
-- shop, so any order of the customer ends the waiting.
{% set patience = "interval " ~ var('cart_abandoned_after_hours') ~ " hour" %}

with carts as (
    select
        carts.*,
        identity.customer_id
    from {{ ref('carts') }} as carts
    left join {{ ref('identity_map') }} as identity
        on carts.visitor_id = identity.record_id
),

-- An order that a device told and the shop knows is one, at the moment that was told.
customer_orders as (
    select
        identity.customer_id,
        orders.order_id,
        coalesce(
            min(orders.ordered_at) filter (where orders.source = 'web'),
            min(orders.ordered_at) filter (where orders.void_since_at is null)
        ) as ordered_at,
        list(distinct orders.visitor_id) as visitor_ids
    from {{ ref('orders') }} as orders
    inner join {{ ref('identity_map') }} as identity
        on orders.record_id = identity.record_id
    group by identity.customer_id, orders.order_id
    having count(*) filter (where orders.void_since_at is null) > 0
),

-- An order of the cart's own device has ended this cart or one before it.
next_orders as (
    select
        carts.cart_id,
        min(customer_orders.ordered_at) as next_order_at
    from carts
    inner join customer_orders
        on
            carts.customer_id = customer_orders.customer_id
            and carts.changed_at <= customer_orders.ordered_at
            and not list_contains(customer_orders.visitor_ids, carts.visitor_id)
    where carts.ordered_at is null
    group by carts.cart_id
),

ended as (
    select
        carts.*,
        coalesce(carts.ordered_at, next_orders.next_order_at) as ended_at,
        carts.changed_at + {{ patience }} as given_up_at,
        moments.as_of_at
    from carts
    left join next_orders on carts.cart_id = next_orders.cart_id
    cross join {{ ref('as_of') }} as moments
),

waited as (
    select
        *,
        case
            when
                item_count > 0
                and given_up_at <= as_of_at
                and coalesce(ended_at > given_up_at, true)
                then given_up_at
        end as abandoned_at
    from ended
)

select
    * exclude (shop_ordered_at, ended_at, given_up_at, as_of_at),
    case
        when abandoned_at is not null then 'abandoned'
        when ordered_at is not null then 'ordered'
        when item_count = 0 then 'emptied'
        when ended_at <= as_of_at then 'ordered'
        else 'open'
    end as cart_state,
    case when ordered_at is null and item_count = 0 then changed_at end as emptied_at,
    case when abandoned_at is not null and ended_at <= as_of_at then ended_at end
        as recovered_at
from waited
