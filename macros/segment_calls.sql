-- One of the tables that Segment or RudderStack writes into a warehouse, as web events:
-- their columns are the parts of a call, joined by underscores.
{% macro segment_calls(entity, call_type) %}
{%- set stamps = ['received_at', 'sent_at'] -%}
{%- set columns = all_sources()['segment'][entity] -%}
{%- set given = {} -%}
{%- for column in [
    'url', 'path', 'referrer', 'title', 'product_id', 'category', 'price', 'quantity',
    'currency', 'cart_id', 'order_id', 'total', 'revenue', 'products', 'email', 'phone',
    'first_name', 'last_name', 'event', 'event_text'
] -%}
    {%- do given.update(
        {column: column if column in columns else 'cast(null as varchar)'}
    ) -%}
{%- endfor %}
with landed as (
    {{ read_landed_rows(
        'segment', entity, standing_mark() if is_incremental() else 0
    ) }}
),

told as (
    select
        row_key,
        load_seq,
        landed_at,
        case
            {{ when_unreadable() }}
            when {{ has_bad_json(given.products, '[') }} then 'bad_structure'
        end as trouble,
        {{ content_of_row('segment', entity, stamps) }} as said,
        '{{ call_type }}' as call_type,
        id as message_id,
        anonymous_id,
        user_id,
        coalesce({{ given.event_text }}, {{ given.event }}) as track_name,
        coalesce("timestamp", original_timestamp) as occurred_text,
        received_at as received_text,
        {{ moment('coalesce("timestamp", original_timestamp)', 'segment') }}
            as occurred_at,
        {{ moment('received_at', 'segment') }} as stamped_at,
        {% for part in ['url', 'path', 'referrer', 'title'] -%}
        coalesce(context_page_{{ part }}, {{ given[part] }}) as page_{{ part }},
        {% endfor -%}
        context_campaign_source as campaign_source,
        context_campaign_medium as campaign_medium,
        context_campaign_name as campaign_name,
        context_device_type as device_type,
        context_location_country as country_code,
        context_user_agent as user_agent,
        {{ given.product_id }} as product_id,
        {{ given.category }} as category,
        {{ given.price }} as price_text,
        {{ given.quantity }} as quantity_text,
        {{ given.currency }} as currency,
        {{ given.cart_id }} as cart_id,
        {{ given.order_id }} as order_id,
        coalesce({{ given.total }}, {{ given.revenue }}) as total_text,
        {{ json_part(given.products, [
            {'product_id': 'varchar', 'price': 'varchar', 'quantity': 'varchar'}
        ]) }} as products,
        {{ given.email }} as email,
        {{ given.phone }} as phone,
        {{ given.first_name }} as first_name,
        {{ given.last_name }} as last_name
    from landed
),

{{ web_events_from('told', 'segment', entity, devices='web') }}
{% endmacro %}
