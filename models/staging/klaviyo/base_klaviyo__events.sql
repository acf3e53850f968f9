{{ config(
    enabled=is_read('klaviyo'),
    materialized='incremental',
    incremental_strategy='append',
    meta={'reads': ['klaviyo/events']},
    post_hook=['{{ flag_duplicates() }}', '{{ keep_mark() }}']
) }}

{# Klaviyo's metrics of email, in the words of the vocabulary. #}
{% set email_metrics = {
    'received email': 'email_delivered', 'opened email': 'email_opened',
    'clicked email': 'email_link_clicked', 'bounced email': 'email_bounced',
    'dropped email': 'email_dropped', 'marked email as spam': 'email_marked_as_spam',
    'unsubscribed': 'unsubscribed', 'unsubscribed email': 'unsubscribed',
    'unsubscribed from email marketing': 'unsubscribed'
} %}

with landed as (
    {{ read_landed_rows(
        'klaviyo', 'events', standing_mark() if is_incremental() else 0
    ) }}
),

typed as (
    select
        row_key,
        is_readable,
        load_seq,
        landed_at,
        id as source_event_id,
        person_id,
        campaign_id,
        flow_id,
        flow_message_id,
        metric_id,
        type as metric_name,
        property_url as link_url,
        lower(property_bounce_type) = 'soft' as is_soft_bounce,
        -- What a mail program fetched by itself, in words of seeds/machine_agents.csv.
        case
            when
                coalesce(try_cast(property_apple_privacy_open as boolean), false)
                or coalesce(try_cast(property_machine_open as boolean), false)
                then 'mail privacy'
            else property_client_name
        end as user_agent,
        try_cast(_fivetran_deleted as boolean) as is_deleted,
        {{ refused('_fivetran_deleted', 'try_cast(_fivetran_deleted as boolean)') }}
            as has_bad_flag,
        coalesce("timestamp", "datetime") as occurred_text,
        {{ moment('coalesce("timestamp", "datetime")', 'klaviyo') }} as occurred_at,
        -- What the connector stamps is no part of what happened.
        {{ content_of_row(
            'klaviyo', 'events', ['_fivetran_deleted', '_fivetran_synced']
        ) }} as said
    from landed
),

judged as (
    select
        *,
        case
            when not is_readable then 'malformed_json'
            when source_event_id is null then 'missing_id'
            when person_id is null then 'missing_person'
            when metric_name is null then 'missing_event_name'
            when occurred_text is null then 'missing_timestamp'
            when occurred_at is null then 'bad_timestamp'
            when {{ begins_after_landing('occurred_at') }} then 'wrong_clock'
            when has_bad_flag then 'bad_flag'
            when is_deleted then 'deleted'
            {{ or_mended('klaviyo', 'events') }}
        end as quarantine_reason
    from typed
)

select
    case
        when quarantine_reason is null
            then {{ event_key('source_event_id', 'said') }}
    end as event_id,
    source_event_id,
    coalesce(campaign_id, flow_message_id, flow_id) as message_id,
    'klaviyo:' || person_id as subscriber_id,
    metric_id,
    metric_name,
    -- A delivery that is only put off is no bounce. What no email event is has no name.
    case
        when lower(metric_name) = 'bounced email' and is_soft_bounce
            then 'email_deferred'
        {% for theirs, ours in email_metrics.items() -%}
        when lower(metric_name) = '{{ theirs }}' then '{{ ours }}'
        {% endfor -%}
    end as event_name,
    occurred_at,
    coalesce(campaign_id, flow_id) as campaign_id,
    link_url,
    nullif(regexp_extract(link_url, '/products/([^/?#]+)', 1), '') as product_id,
    user_agent,
    quarantine_reason,
    -- Events have no stamp of arrival: they were received when they occurred.
    occurred_at as received_at,
    -- Only what is set aside keeps its text; the rest would be stored twice.
    case when quarantine_reason is not null then row_key end as row_key,
    load_seq,
    cast(null as bigint) as duplicate_since_load_seq
from judged
