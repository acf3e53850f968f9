{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='message_key',
    meta={'reads': ['esp_events']},
    post_hook='{{ keep_mark() }}'
) }}
{% set mark = standing_mark() if is_incremental() else none %}

with events as (
    select
        *,
        event_name = 'email_opened' and machine_reason is null as is_open,
        event_name = 'email_link_clicked' and machine_reason is null as is_click
    from {{ ref('email_events') }}
    {% if mark is not none -%}
    -- Whole messages; of the past, only the narrow column of their keys is looked at.
    where rowid in (
        select known.rowid from {{ ref('email_events') }} as known
        where known.message_key in (
            select fresh.message_key from {{ ref('email_events') }} as fresh
            where fresh.load_seq > {{ mark }}
        )
    )
    {%- endif %}
),

links as (
    select
        message_key,
        link_url,
        count(*) as click_count,
        cast(coalesce(sum(dwell_seconds), 0) as bigint) as dwell_seconds
    from events
    where is_click and link_url is not null
    group by message_key, link_url
),

links_by_message as (
    select
        message_key,
        list(
            {
                'link_url': link_url,
                'click_count': click_count,
                'dwell_seconds': dwell_seconds
            } order by link_url
        ) as clicked_links
    from links
    group by message_key
),

messages as (
    select
        message_key,
        subscriber_id as record_id,
        message_id,
        max(campaign_id) as campaign_id,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at,
        min(occurred_at) filter (where event_name = 'email_delivered') as delivered_at,
        min(occurred_at) filter (where is_open) as first_opened_at,
        max(occurred_at) filter (where is_open) as last_opened_at,
        min(occurred_at) filter (where is_click) as first_clicked_at,
        max(occurred_at) filter (where is_click) as last_clicked_at,
        min(occurred_at) filter (where event_name = 'email_replied')
            as first_replied_at,
        max(occurred_at) filter (where event_name = 'email_replied') as last_replied_at,
        min(occurred_at) filter (where event_name = 'email_bounced') as bounced_at,
        min(occurred_at) filter (where event_name = 'unsubscribed') as unsubscribed_at,
        min(occurred_at) filter (where event_name = 'email_marked_as_spam')
            as complained_at,
        count(*) filter (where is_open) as open_count,
        count(*) filter (where event_name = 'email_opened' and not is_open)
            as machine_open_count,
        count(*) filter (where is_click) as click_count,
        count(*) filter (where event_name = 'email_link_clicked' and not is_click)
            as machine_click_count,
        cast(coalesce(sum(dwell_seconds) filter (where is_click), 0) as bigint)
            as dwell_seconds,
        count(*) filter (where event_name = 'email_replied') as reply_count
    from events
    group by message_key, subscriber_id, message_id
)

select
    messages.*,
    links_by_message.clicked_links,
    -- A person cannot react to what did not reach them.
    coalesce(
        messages.delivered_at,
        least(
            messages.first_opened_at,
            messages.first_clicked_at,
            messages.first_replied_at
        )
    ) as reached_at,
    least(
        messages.first_opened_at, messages.first_clicked_at, messages.first_replied_at
    ) as first_reacted_at,
    messages.bounced_at is not null as is_bounced,
    messages.unsubscribed_at is not null as is_unsubscribed,
    messages.complained_at is not null as is_complaint
from messages
left join links_by_message on messages.message_key = links_by_message.message_key
