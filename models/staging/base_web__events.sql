{{ config(
    materialized='incremental',
    incremental_strategy='append',
    meta={'reads': ['web']},
    post_hook=['{{ flag_duplicates() }}', '{{ keep_mark() }}']
) }}

{# Told apart at a glance; the others are spelled anew, one by one. #}
{% set common_names = [
    'Product Viewed', 'Product List Viewed', 'Products Searched', 'Product Added',
    'Product Removed', 'Cart Viewed', 'Checkout Started', 'Order Completed'
] %}
{# A call's own words, and the parts that hold the rest. #}
{% set words = ['type', 'anonymousId', 'userId', 'timestamp', 'event', 'name'] %}
{% set parts = {
    'context': {
        'page': {
            'url': 'varchar', 'path': 'varchar', 'referrer': 'varchar',
            'title': 'varchar'
        },
        'campaign': {
            'source': 'varchar', 'medium': 'varchar', 'name': 'varchar',
            'term': 'varchar', 'content': 'varchar'
        },
        'device': {'type': 'varchar'}, 'location': {'country': 'varchar'},
        'userAgent': 'varchar'
    },
    'properties': {
        'product_id': 'varchar', 'name': 'varchar', 'category': 'varchar',
        'price': 'varchar', 'quantity': 'varchar', 'currency': 'varchar',
        'cart_id': 'varchar', 'order_id': 'varchar', 'total': 'varchar',
        'revenue': 'varchar', 'query': 'varchar',
        'products': [
            {'product_id': 'varchar', 'price': 'varchar', 'quantity': 'varchar'}
        ]
    },
    'traits': {
        'email': 'varchar', 'phone': 'varchar', 'firstName': 'varchar',
        'lastName': 'varchar'
    }
} %}
{% set texts = dict.fromkeys(words + ['messageId', 'receivedAt'], 'varchar') %}
{% set structure = dict(texts, **dict.fromkeys(parts, 'json')) %}

with landed as (
    {{ read_landed_lines('web', 'events', standing_mark() if is_incremental() else 0) }}
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

taken_apart as (
    select
        *,
        from_json(call.context, '{{ tojson(parts.context) }}') as context,
        from_json(call.properties, '{{ tojson(parts.properties) }}') as properties,
        from_json(call.traits, '{{ tojson(parts.traits) }}') as traits
    from parsed
),

typed as (
    select
        row_key,
        path,
        load_seq,
        landed_at,
        is_json,
        -- All that the call says but its id; stamps of arrival are no part of it.
        concat(
            {% for said in words + parts | list -%}
            call."{{ said }}"{{ ", chr(31)," if not loop.last }}
            {% endfor %}
        ) as said,
        (
            properties.products is null
            and contains(call.properties, 'products":')
            and coalesce(json_type(call.properties, '$.products'), 'NULL')
            not in ('ARRAY', 'NULL')
            {% for part in parts -%}
            or coalesce(not starts_with(call.{{ part }}, '{'), false)
            {% endfor %}
        ) as has_bad_structure,
        lower(call.type) as call_type,
        {{ trimmed('call."messageId"') }} as message_id,
        {{ trimmed('call."anonymousId"') }} as anonymous_id,
        {{ trimmed('call."userId"') }} as user_id,
        {{ trimmed('call.event') }} as track_name,
        call.timestamp as occurred_text,
        call."receivedAt" as received_text,
        {{ moment('call.timestamp', 'web') }} as occurred_at,
        {{ moment('call."receivedAt"', 'web') }} as stamped_at,
        context,
        properties,
        traits,
        {{ money('properties.price') }} as price,
        {{ pieces('properties.quantity') }} as quantity,
        {{ money('coalesce(properties.total, properties.revenue)') }} as total_amount
    from taken_apart
),

judged as (
    select
        * exclude (stamped_at),
        coalesce(stamped_at, occurred_at) as received_at,
        case
            when not is_json then 'malformed_json'
            when not starts_with(ltrim(row_key), '{') then 'not_an_object'
            when has_bad_structure then 'bad_structure'
            when
                call_type is null
                or call_type not in ('track', 'page', 'screen', 'identify')
                then 'unknown_type'
            when call_type = 'track' and track_name is null then 'missing_event_name'
            when occurred_text is null then 'missing_timestamp'
            when occurred_at is null or {{ refused('received_text', 'stamped_at') }}
                then 'bad_timestamp'
            when {{ has_wrong_clock('occurred_at', 'stamped_at') }} then 'wrong_clock'
            when
                {{ refused('properties.price', 'price') }}
                or {{ refused('properties.quantity', 'quantity') }}
                or {{ refused(
                    'coalesce(properties.total, properties.revenue)', 'total_amount'
                ) }} then 'bad_number'
            when least(price, quantity, total_amount) < 0 then 'negative_amount'
            {{ or_mended('web', 'events') }}
        end as quarantine_reason
    from typed
)

select
    case
        when quarantine_reason is null
            then {{ event_key('message_id', 'said') }}
    end as event_id,
    message_id,
    coalesce('web:' || anonymous_id, 'web:user:' || user_id) as visitor_id,
    anonymous_id,
    user_id,
    case
        when call_type = 'page' then 'page_viewed'
        when call_type = 'screen' then 'screen_viewed'
        when call_type = 'identify' then 'identified'
        {% for name in common_names -%}
        when track_name = '{{ name }}' then '{{ name | lower | replace(" ", "_") }}'
        {% endfor -%}
        else regexp_replace(lower(track_name), '[^a-z0-9]+', '_', 'g')
    end as event_name,
    occurred_at,
    received_at,
    context.page.url as page_url,
    context.page.path as page_path,
    context.page.referrer as page_referrer,
    context.page.title as page_title,
    context.campaign.source as campaign_source,
    context.campaign.medium as campaign_medium,
    context.campaign.name as campaign_name,
    context.device.type as device_type,
    context.location.country as country_code,
    context."userAgent" as user_agent,
    properties.product_id as product_id,
    properties.category as category,
    price,
    quantity,
    upper(properties.currency) as currency,
    properties.cart_id as cart_id,
    {{ trimmed('properties.order_id') }} as order_id,
    total_amount,
    properties.products as products,
    traits.email as email,
    traits.phone as phone,
    traits."firstName" as first_name,
    traits."lastName" as last_name,
    quarantine_reason,
    -- Only what is set aside keeps its text; the rest would be stored twice.
    case when quarantine_reason is not null then row_key end as row_key,
    path,
    load_seq,
    cast(null as bigint) as duplicate_since_load_seq
from judged
