{{ config(
    materialized='incremental',
    incremental_strategy='append',
    meta={'reads': ['esp/events']},
    post_hook=['{{ flag_duplicates() }}', '{{ keep_mark() }}']
) }}

{% set structure = {
    'sg_event_id': 'varchar', 'sg_message_id': 'varchar', 'event': 'varchar',
    'email': 'varchar', 'timestamp': 'varchar', 'received_at': 'varchar',
    'campaign_id': 'varchar', 'url': 'varchar', 'useragent': 'varchar',
    'dwell_seconds': 'varchar'
} %}

with landed as (
    {{ read_landed_lines('esp', 'events', standing_mark() if is_incremental() else 0) }}
),

checked as (
    select
        *,
        json_valid(row_key) as is_json
    from landed
),

parsed as (
    select
        *,
        case when is_json then from_json(row_key, '{{ tojson(structure) }}') end as call
    from checked
),

typed as (
    select
        *,
        case
            when is_json then {{ content_of('row_key', ['received_at']) }}
        end as said,
        {{ trimmed('call.sg_event_id') }} as source_event_id,
        {{ trimmed('call.sg_message_id') }} as message_id,
        lower(call.event) as call_type,
        lower(nullif(trim(call.email), '')) as email,
        {{ epoch_moment('call.timestamp') }} as occurred_at,
        {{ epoch_moment('call.received_at') }} as stamped_at,
        try_cast(call.dwell_seconds as integer) as dwell_seconds
    from parsed
),

judged as (
    select
        *,
        coalesce(stamped_at, occurred_at) as received_at,
        case
            when not is_json then 'malformed_json'
            when not starts_with(ltrim(row_key), '{') then 'not_an_object'
            when call_type is null or call_type not in (
                'processed', 'deferred', 'dropped', 'delivered', 'open', 'click',
                'reply', 'bounce', 'unsubscribe', 'spamreport'
            ) then 'unknown_type'
            when email is null then 'missing_email'
            when call.timestamp is null then 'missing_timestamp'
            when occurred_at is null or {{ refused('call.received_at', 'stamped_at') }}
                then 'bad_timestamp'
            when {{ has_wrong_clock('occurred_at', 'stamped_at') }} then 'wrong_clock'
            when {{ refused('call.dwell_seconds', 'dwell_seconds') }}
                then 'bad_number'
            {{ or_mended('esp', 'events') }}
        end as quarantine_reason
    from typed
)

select
    case
        when quarantine_reason is null
            then {{ event_key('source_event_id', 'said') }}
    end as event_id,
    source_event_id,
    message_id,
    'esp:' || md5(email) as subscriber_id,
    email,
    case call_type
        when 'delivered' then 'email_delivered'
        when 'open' then 'email_opened'
        when 'click' then 'email_link_clicked'
        when 'reply' then 'email_replied'
        when 'bounce' then 'email_bounced'
        when 'unsubscribe' then 'unsubscribed'
        when 'spamreport' then 'email_marked_as_spam'
        else 'email_' || call_type
    end as event_name,
    occurred_at,
    received_at,
    call.campaign_id as campaign_id,
    call.url as link_url,
    nullif(regexp_extract(call.url, '/products/([^/?#]+)', 1), '') as product_id,
    call.useragent as user_agent,
    dwell_seconds,
    quarantine_reason,
    -- Only what is set aside keeps its text; the rest would be stored twice.
    case when quarantine_reason is not null then row_key end as row_key,
    load_seq,
    cast(null as bigint) as duplicate_since_load_seq
from judged
