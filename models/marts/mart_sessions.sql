-- The session in which a cart was touched last is the one that abandoned it.
with abandoned as (
    select distinct sessions.session_id
    from {{ ref('sessions') }} as sessions
    inner join {{ ref('mart_carts') }} as carts
        on
            sessions.visitor_id = carts.visitor_id
            and sessions.started_at <= carts.changed_at
            and sessions.ended_at >= carts.changed_at
    where carts.cart_state = 'abandoned'
)

select
    sessions.session_id,
    sessions.visitor_id,
    identity.customer_id,
    sessions.started_at,
    sessions.ended_at,
    sessions.started_on,
    sessions.duration_seconds,
    sessions.engaged_seconds,
    sessions.event_count,
    sessions.page_view_count,
    sessions.product_view_count,
    sessions.cart_add_count,
    sessions.checkout_count,
    sessions.order_count,
    sessions.is_converted,
    sessions.revenue_amount,
    sessions.landing_url,
    sessions.referrer,
    sessions.campaign_source,
    sessions.campaign_medium,
    sessions.campaign_name,
    channels.landing_page,
    channels.traffic_source,
    channels.traffic_medium,
    channels.traffic_campaign,
    channels.channel,
    channels.last_non_direct_source,
    channels.last_non_direct_medium,
    channels.last_non_direct_campaign,
    channels.last_non_direct_channel,
    sessions.device_type,
    sessions.country_code,
    bots.record_id is not null as is_bot,
    abandoned.session_id is not null as has_abandoned_cart,
    moments.as_of_at
from {{ ref('sessions') }} as sessions
left join {{ ref('session_channels') }} as channels
    on sessions.session_id = channels.session_id
left join {{ ref('identity_map') }} as identity
    on sessions.visitor_id = identity.record_id
left join {{ ref('bot_visitors') }} as bots
    on sessions.visitor_id = bots.record_id
left join abandoned
    on sessions.session_id = abandoned.session_id
cross join {{ ref('as_of') }} as moments
