select
    identity.customer_id,
    engagement.record_id,
    engagement.message_id,
    engagement.campaign_id,
    engagement.delivered_at,
    engagement.first_opened_at,
    engagement.last_opened_at,
    engagement.first_clicked_at,
    engagement.last_clicked_at,
    engagement.first_replied_at,
    engagement.bounced_at,
    engagement.unsubscribed_at,
    engagement.complained_at,
    engagement.open_count,
    engagement.machine_open_count,
    engagement.click_count,
    engagement.machine_click_count,
    engagement.clicked_links,
    engagement.dwell_seconds,
    engagement.reply_count,
    engagement.is_bounced,
    engagement.is_unsubscribed,
    engagement.is_complaint,
    moments.as_of_at
from {{ ref('email_engagement') }} as engagement
left join {{ ref('identity_map') }} as identity
    on engagement.record_id = identity.record_id
cross join {{ ref('as_of') }} as moments
