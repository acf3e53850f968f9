-- The sessions of a customer within the days before each order, both ends in. An order
-- without any keeps a row of its own, so that orders and revenue add up.
{% set span = "interval " ~ var('attribution_window_days') ~ " day" %}

with told as (
    select
        identity.customer_id,
        orders.order_key,
        orders.order_id,
        orders.ordered_at,
        case
            when orders.currency = '{{ var("reporting_currency") }}'
                then cast(orders.net_amount as decimal(18, 2))
        end as revenue_amount,
        {{ order_copy('identity.customer_id') }} as copy_number
    from {{ ref('orders') }} as orders
    inner join {{ ref('identity_map') }} as identity
        on orders.record_id = identity.record_id
    inner join {{ ref('as_of') }} as moments
        on orders.ordered_at <= moments.as_of_at
    where orders.void_since_at is null
),

counted as (
    select * exclude (copy_number)
    from told
    where copy_number = 1
),

visits as (
    select
        identity.customer_id,
        channels.session_id,
        channels.started_at,
        channels.channel
    from {{ ref('session_channels') }} as channels
    inner join {{ ref('identity_map') }} as identity
        on channels.visitor_id = identity.record_id
),

touched as (
    select
        counted.*,
        visits.session_id,
        visits.started_at as session_started_at,
        coalesce(visits.channel, 'Unattributed') as channel
    from counted
    left join visits
        on
            counted.customer_id = visits.customer_id
            and counted.ordered_at >= visits.started_at
            and counted.ordered_at - {{ span }} <= visits.started_at
)

select
    *,
    row_number() over (
        partition by order_key order by session_started_at, session_id
    ) as touch_number,
    count(session_id) over (partition by order_key) as touch_count
from touched
