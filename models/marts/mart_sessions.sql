select
    sessions.session_id,
    sessions.visitor_id,
    identity.customer_id,
    sessions.started_at,
    sessions.ended_at,
    sessions.started_on,
    sessions.duration_seconds,
    sessions.event_count,
    sessions.page_view_count,
    sessions.product_view_count,
    sessions.cart_add_count,
    sessions.checkout_count,
    sessions.order_count,
    sessions.is_converted,
    sessions.landing_url,
    sessions.referrer,
    sessions.campaign_source,
    sessions.campaign_medium,
    sessions.campaign_name,
    sessions.device_type,
    sessions.country_code,
    sessions.is_bot,
    moments.as_of_at
from {{ ref('sessions') }} as sessions
left join {{ ref('identity_map') }} as identity
    on sessions.visitor_id = identity.record_id
cross join {{ ref('as_of') }} as moments
