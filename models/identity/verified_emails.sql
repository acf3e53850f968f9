-- A mailbox works where mail arrived since it last bounced. Nothing else that sources
-- tell proves so much: an order and an account may bear a mistyped address.
with told as (
    select
        events.event_name,
        events.occurred_at,
        lower(trim(coalesce(events.email, subscribers.email))) as email
    from {{ ref('esp_events') }} as events
    left join {{ ref('esp_subscribers') }} as subscribers
        on
            events.subscriber_id = subscribers.record_id
            and {{ is_known_by_clock('subscribers.updated_at') }}
    where {{ is_known_by_clock('events.received_at') }}
),

arrivals as (
    select
        email,
        max(occurred_at) filter (
            where event_name in (
                'email_delivered', 'email_opened', 'email_link_clicked', 'email_replied'
            )
        ) as arrived_at,
        max(occurred_at) filter (where event_name = 'email_bounced') as bounced_at
    from told
    where email is not null
    group by email
)

select
    email,
    arrived_at
from arrivals
where arrived_at is not null and coalesce(arrived_at > bounced_at, true)
