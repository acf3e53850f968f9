{{ config(
    enabled=is_read('ga4'),
    materialized='incremental',
    incremental_strategy='append',
    meta={'reads': ['ga4/events']},
    post_hook=['{{ flag_duplicates() }}', '{{ keep_mark() }}']
) }}

{# The recommended ecommerce events, in the words of the Segment spec. #}
{% set ecommerce = {
    'view_item': 'Product Viewed', 'view_item_list': 'Product List Viewed',
    'search': 'Products Searched', 'view_search_results': 'Products Searched',
    'add_to_cart': 'Product Added', 'remove_from_cart': 'Product Removed',
    'view_cart': 'Cart Viewed', 'begin_checkout': 'Checkout Started',
    'purchase': 'Order Completed'
} %}
{% set structures = {
    'event_params': [{'key': 'varchar', 'value': {
        'string_value': 'varchar', 'int_value': 'varchar', 'float_value': 'varchar',
        'double_value': 'varchar'
    }}],
    'device': {'category': 'varchar'},
    'geo': {'country': 'varchar'},
    'collected_traffic_source': {
        'manual_source': 'varchar', 'manual_medium': 'varchar',
        'manual_campaign_name': 'varchar'
    },
    'ecommerce': {'transaction_id': 'varchar', 'purchase_revenue': 'varchar'},
    'items': [{
        'item_id': 'varchar', 'item_category': 'varchar', 'price': 'varchar',
        'quantity': 'varchar'
    }]
} %}

with landed as (
    {{ read_landed_rows(
        'ga4', 'events', standing_mark() if is_incremental() else 0
    ) }}
),

taken_apart as (
    select
        row_key,
        load_seq,
        landed_at,
        is_readable,
        event_timestamp,
        lower(event_name) as event_name,
        user_id,
        user_pseudo_id,
        {% for part, structure in structures.items() -%}
        {{ json_part(part, structure) }} as {{ part }},
        {% endfor -%}
        (
            {% for part, structure in structures.items() -%}
            {{ has_bad_json(part, '[' if structure is not mapping else '{') }}
            {{ "or " if not loop.last }}
            {%- endfor %}
        ) as has_bad_structure,
        {{ content_of_row('ga4', 'events') }} as said
    from landed
),

named as (
    select
        *,
        {{ ga4_parameter('page_location') }} as page_url,
        event_name = 'purchase' as is_purchase,
        lower(geo.country) as country,
        case
            when event_name in ('view_item', 'add_to_cart', 'remove_from_cart')
                then items[1]
        end as item,
        nullif({{ ga4_parameter('transaction_id') }}, '(not set)') as transaction_id
    from taken_apart
),

placed as (
    select
        named.*,
        countries.country_code
    from named
    left join {{ ref('country_names') }} as countries
        on named.country = countries.country
),

told as (
    select
        row_key,
        load_seq,
        landed_at,
        case
            {{ when_unreadable() }}
            when has_bad_structure then 'bad_structure'
        end as trouble,
        said,
        case event_name
            when 'page_view' then 'page'
            when 'screen_view' then 'screen'
            when 'login' then 'identify'
            when 'sign_up' then 'identify'
            else 'track'
        end as call_type,
        cast(null as varchar) as message_id,
        user_pseudo_id as anonymous_id,
        user_id,
        case event_name
            {% for theirs, ours in ecommerce.items() -%}
            when '{{ theirs }}' then '{{ ours }}'
            {% endfor -%}
            else event_name
        end as track_name,
        -- The export has no stamp of arrival.
        event_timestamp as occurred_text,
        cast(null as varchar) as received_text,
        {{ epoch_micros('event_timestamp') }} as occurred_at,
        cast(null as timestamp) as stamped_at,
        page_url,
        {{ url_path('page_url') }} as page_path,
        {{ ga4_parameter('page_referrer') }} as page_referrer,
        {{ ga4_parameter('page_title') }} as page_title,
        coalesce(
            collected_traffic_source.manual_source, {{ ga4_parameter('source') }}
        ) as campaign_source,
        coalesce(
            collected_traffic_source.manual_medium, {{ ga4_parameter('medium') }}
        ) as campaign_medium,
        coalesce(
            collected_traffic_source.manual_campaign_name,
            {{ ga4_parameter('campaign') }}
        ) as campaign_name,
        lower(device.category) as device_type,
        country_code,
        cast(null as varchar) as user_agent,
        item.item_id as product_id,
        item.item_category as category,
        item.price as price_text,
        item.quantity as quantity_text,
        {{ ga4_parameter('currency') }} as currency,
        cast(null as varchar) as cart_id,
        case
            when is_purchase
                then coalesce(
                    nullif(ecommerce.transaction_id, '(not set)'), transaction_id
                )
        end as order_id,
        case
            when is_purchase
                then coalesce(
                    ecommerce.purchase_revenue, {{ ga4_parameter('value') }}
                )
        end as total_text,
        list_transform(
            items,
            lambda one: {
                'product_id': one.item_id,
                'price': one.price,
                'quantity': one.quantity
            }
        ) as products,
        cast(null as varchar) as email,
        cast(null as varchar) as phone,
        cast(null as varchar) as first_name,
        cast(null as varchar) as last_name
    from placed
),

{{ web_events_from('told', 'ga4', 'events') }}
