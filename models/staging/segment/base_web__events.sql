{{ config(
    materialized='incremental',
    incremental_strategy='append',
    meta={'reads': ['web/events']},
    post_hook=['{{ flag_duplicates() }}', '{{ keep_mark() }}']
) }}

{# A call's own words, and the parts that hold the rest. #}
{% set words = [
    'type', 'anonymousId', 'userId', 'timestamp', 'event', 'name', 'category'
] %}
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
        'products': 'json'
    },
    'traits': {
        'email': 'varchar', 'phone': 'varchar', 'firstName': 'varchar',
        'lastName': 'varchar'
    }
} %}
{% set product = {
    'product_id': 'varchar', 'price': 'varchar', 'quantity': 'varchar'
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

told as (
    select
        row_key,
        load_seq,
        landed_at,
        case
            when not is_json then 'malformed_json'
            when not starts_with(ltrim(row_key), '{') then 'not_an_object'
            when
                coalesce(not starts_with(properties.products, '['), false)
                {% for part in parts -%}
                or coalesce(not starts_with(call.{{ part }}, '{'), false)
                {% endfor -%}
                then 'bad_structure'
        end as trouble,
        -- All that the call says but its id; stamps of arrival are no part of it.
        concat(
            {% for said in words + parts | list -%}
            call."{{ said }}"{{ ", chr(31)," if not loop.last }}
            {% endfor %}
        ) as said,
        lower(call.type) as call_type,
        {{ trimmed('call."messageId"') }} as message_id,
        {{ trimmed('call."anonymousId"') }} as anonymous_id,
        {{ trimmed('call."userId"') }} as user_id,
        {{ trimmed('call.event') }} as track_name,
        call.timestamp as occurred_text,
        call."receivedAt" as received_text,
        {{ moment('call.timestamp', 'web') }} as occurred_at,
        {{ moment('call."receivedAt"', 'web') }} as stamped_at,
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
        {{ trimmed('properties.product_id') }} as product_id,
        properties.category as category,
        {{ trimmed('properties.price') }} as price_text,
        {{ trimmed('properties.quantity') }} as quantity_text,
        {{ trimmed('properties.currency') }} as currency,
        {{ trimmed('properties.cart_id') }} as cart_id,
        properties.order_id as order_id,
        coalesce(
            {{ trimmed('properties.total') }}, {{ trimmed('properties.revenue') }}
        ) as total_text,
        from_json(properties.products, '[{{ tojson(product) }}]') as products,
        traits.email as email,
        traits.phone as phone,
        traits."firstName" as first_name,
        traits."lastName" as last_name
    from taken_apart
),

{{ web_events_from('told', 'web', 'events') }}
