with events as (
    select * from {{ ref('events') }}
    where visitor_id is not null
),

-- A gap of exactly the limit continues the session.
opened as (
    select
        *,
        coalesce(
            occurred_at - lag(occurred_at) over (
                partition by visitor_id order by occurred_at, event_id
            ) > interval {{ var('session_gap_minutes') }} minute,
            true
        ) as opens_session
    from events
),

numbered as (
    select
        *,
        count(*) filter (where opens_session) over (
            partition by visitor_id order by occurred_at, event_id
            rows unbounded preceding
        ) as session_number
    from opened
),

-- Named after the event that was received first: late data renames no session.
named as (
    select
        *,
        row_number() over (
            partition by visitor_id, session_number order by received_at, event_id
        ) as received_place,
        row_number() over (
            partition by visitor_id, session_number order by occurred_at, event_id
        ) as event_place
    from numbered
)

select
    md5('session|' || max(event_id) filter (where received_place = 1)) as session_id,
    visitor_id,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    {{ shop_date('min(occurred_at)') }} as started_on,
    cast(epoch(max(occurred_at) - min(occurred_at)) as bigint) as duration_seconds,
    count(*) as event_count,
    count(*) filter (where event_name = 'page_viewed') as page_view_count,
    count(*) filter (where event_name = 'product_viewed') as product_view_count,
    count(*) filter (where event_name = 'product_added') as cart_add_count,
    count(*) filter (where event_name = 'checkout_started') as checkout_count,
    count(*) filter (where event_name = 'order_completed') as order_count,
    count(*) filter (where event_name = 'order_completed') > 0 as is_converted,
    max(page_url) filter (where event_place = 1) as landing_url,
    max(page_referrer) filter (where event_place = 1) as referrer,
    max(campaign_source) filter (where event_place = 1) as campaign_source,
    max(campaign_medium) filter (where event_place = 1) as campaign_medium,
    max(campaign_name) filter (where event_place = 1) as campaign_name,
    max(device_type) filter (where event_place = 1) as device_type,
    max(country_code) filter (where event_place = 1) as country_code,
    bool_or(is_bot) as is_bot
from named
group by visitor_id, session_number
