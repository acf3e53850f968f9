-- What decides a stage, small and countable: whoever asks for it asks at midnights.
with identity as (
    select
        record_id,
        customer_id
    from {{ ref('identity_map') }}
),

-- One order told twice (by the guest and the account, by two devices) is one.
told as (
    select
        identity.customer_id,
        orders.ordered_at,
        {{ order_copy('identity.customer_id') }} as place
    from {{ ref('orders') }} as orders
    inner join identity on orders.record_id = identity.record_id
    where orders.void_since_at is null
),

acts as (
    select
        identity.customer_id,
        events.occurred_at,
        events.event_name
    from {{ ref('events') }} as events
    inner join identity on events.record_id = identity.record_id
    where
        events.is_human
        and events.is_activity
    union all
    select
        customer_id,
        ordered_at as occurred_at,
        'order_placed' as event_name
    from told
    where place = 1
),

passed as (
    select acts.*
    from acts
    inner join {{ ref('as_of') }} as moments on acts.occurred_at <= moments.as_of_at
)

select
    customer_id,
    {{ shop_date('occurred_at') }} as occurred_on,
    max(occurred_at) as last_activity_at,
    max(occurred_at) filter (where event_name = 'product_added') as last_cart_add_at,
    max(occurred_at) filter (where event_name = 'order_placed') as last_order_at,
    count(*) filter (where event_name = 'product_viewed') as product_view_count,
    count(*) filter (where event_name = 'email_link_clicked') as email_click_count,
    count(*) filter (where event_name = 'product_added') as cart_add_count,
    count(*) filter (where event_name = 'order_placed') as order_count
from passed
group by customer_id, {{ shop_date('occurred_at') }}
