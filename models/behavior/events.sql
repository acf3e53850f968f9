with web as (
    select
        events.event_id,
        'web' as source,
        events.event_name,
        events.visitor_id as record_id,
        events.visitor_id,
        events.occurred_at,
        events.received_at,
        events.product_id,
        events.price,
        events.quantity,
        events.currency,
        events.order_id,
        events.total_amount,
        events.page_url,
        events.page_referrer,
        events.campaign_source,
        events.campaign_medium,
        events.campaign_name,
        events.device_type,
        events.country_code,
        'bot: ' || bots.reason as exclusion_reason
    from {{ ref('web_events') }} as events
    inner join {{ ref('as_of') }} as moments on events.received_at <= moments.as_of_at
    left join {{ ref('bot_visitors') }} as bots on events.visitor_id = bots.record_id
),

email as (
    select
        event_id,
        'esp' as source,
        event_name,
        subscriber_id as record_id,
        occurred_at,
        received_at,
        product_id,
        link_url as page_url,
        campaign_id as campaign_name,
        'machine: ' || machine_reason as exclusion_reason
    from {{ ref('email_events') }}
),

unioned as (
    select * from web
    union all by name
    select * from email
)

select
    *,
    exclusion_reason is null as is_human,
    coalesce(exclusion_reason like 'bot: %', false) as is_bot,
    -- What a person does; what is done to a person, or undone, is no activity.
    event_name not in (
        'email_delivered', 'email_opened', 'email_bounced', 'email_processed',
        'email_deferred', 'email_dropped', 'unsubscribed', 'email_marked_as_spam'
    ) as is_activity,
    {{ shop_date('occurred_at') }} as occurred_on,
    {{ shop_date('received_at') }} as received_on
from unioned
