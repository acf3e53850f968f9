-- Which channels lead to orders, and which lead to none: the path of each order and of
-- each customer who never ordered, whose days end with the last session.
{% set span = "interval " ~ var('attribution_window_days') ~ " day" %}

with bought as (
    select
        order_key as path_id,
        true as is_order,
        channel,
        touch_number,
        revenue_amount
    from {{ ref('order_touches') }}
    where session_id is not null
),

visits as (
    select
        identity.customer_id,
        channels.session_id,
        channels.started_at,
        channels.channel,
        max(channels.started_at) over (
            partition by identity.customer_id
        ) as last_started_at
    from {{ ref('session_channels') }} as channels
    inner join {{ ref('identity_map') }} as identity
        on channels.visitor_id = identity.record_id
    where
        not exists (
            select touches.order_key from {{ ref('order_touches') }} as touches
            where touches.customer_id = identity.customer_id
        )
),

lost as (
    select
        customer_id as path_id,
        false as is_order,
        channel,
        row_number() over (
            partition by customer_id order by started_at, session_id
        ) as touch_number,
        cast(null as decimal(18, 2)) as revenue_amount
    from visits
    where started_at >= last_started_at - {{ span }}
),

unioned as (
    select * from bought
    union all
    select * from lost
),

compared as (
    select
        *,
        lag(channel) over (
            partition by is_order, path_id order by touch_number
        ) as previous_channel
    from unioned
),

-- The same channel several times in a row is one touch.
paths as (
    select
        is_order,
        path_id,
        list(channel order by touch_number) as channels,
        max(revenue_amount) as revenue_amount
    from compared
    where channel is distinct from previous_channel
    group by is_order, path_id
)

select
    channels,
    array_to_string(channels, ' > ') as path,
    count(*) filter (where is_order) as order_count,
    count(*) filter (where not is_order) as lost_count,
    cast(coalesce(sum(revenue_amount), 0) as decimal(18, 2)) as revenue_amount
from paths
group by channels
