-- What decides a stage, by customer and moment of the day's end: small and countable.
with identity as (
    select record_id, customer_id from {{ ref('identity_map') }}
),

acts as (
    select
        identity.customer_id,
        events.occurred_at,
        events.event_name
    from {{ ref('events') }} as events
    inner join identity on events.record_id = identity.record_id
    where events.is_human
        and events.event_name not in (
            'email_delivered', 'email_opened', 'email_bounced', 'email_processed',
            'email_deferred', 'email_dropped', 'unsubscribed', 'email_marked_as_spam'
        )
    union all
    select
        identity.customer_id,
        orders.ordered_at as occurred_at,
        'order_placed' as event_name
    from {{ ref('orders') }} as orders
    inner join identity on orders.record_id = identity.record_id
    where orders.void_since_at is null
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
from acts
group by customer_id, {{ shop_date('occurred_at') }}
