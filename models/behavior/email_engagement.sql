select
    subscriber_id as record_id,
    coalesce(message_id, event_id) as message_id,
    max(campaign_id) as campaign_id,
    min(occurred_at) filter (where event_name = 'email_delivered') as delivered_at,
    min(occurred_at) filter (
        where event_name = 'email_opened' and machine_reason is null
    ) as first_opened_at,
    count(*) filter (
        where event_name = 'email_opened' and machine_reason is null
    ) as open_count,
    count(*) filter (
        where event_name = 'email_opened' and machine_reason is not null
    ) as machine_open_count,
    count(*) filter (
        where event_name = 'email_link_clicked' and machine_reason is null
    ) as click_count,
    cast(coalesce(sum(dwell_seconds) filter (
        where event_name = 'email_link_clicked' and machine_reason is null
    ), 0) as bigint) as dwell_seconds,
    count(*) filter (where event_name = 'email_replied') as reply_count,
    count(*) filter (where event_name = 'email_bounced') > 0 as is_bounced,
    count(*) filter (where event_name = 'unsubscribed') > 0 as is_unsubscribed,
    count(*) filter (where event_name = 'email_marked_as_spam') > 0 as is_complaint
from {{ ref('email_events') }}
group by subscriber_id, coalesce(message_id, event_id)
