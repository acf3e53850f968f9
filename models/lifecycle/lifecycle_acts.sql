-- What may move a stage: one row a moment, whatever happened at it.
{% set looks_before = var('engaged_product_views') - 1 %}

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
    select
        acts.customer_id,
        acts.occurred_at,
        acts.event_name,
        acts.event_name in ('product_viewed', 'email_link_clicked') as is_look
    from acts
    inner join {{ ref('as_of') }} as moments on acts.occurred_at <= moments.as_of_at
),

looked as (
    select
        *,
        case
            when is_look then lag(occurred_at, {{ looks_before }}) over (
                partition by customer_id, is_look
                order by occurred_at
            )
        end as interested_since_at
    from passed
)

select
    customer_id,
    occurred_at,
    count(*) filter (where event_name = 'order_placed') as order_count,
    bool_or(event_name = 'product_added') as has_cart_add,
    max(interested_since_at) as interested_since_at
from looked
group by customer_id, occurred_at
