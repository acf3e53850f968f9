-- What every source of web events ends in. A pack says each call in these words: `trouble`
-- (why it cannot be read at all), `said` (its content without stamps of arrival),
-- `call_type` (track, page, screen or identify), `track_name` (after the Segment ecommerce
-- spec), ids, moments with the texts they come from, page, campaign, product and person;
-- numbers as text. Here it is typed, judged and named. `devices` is the tracker that names
-- the visitors' devices: what two exports of one tracker say is of the same visitors.
{% macro web_events_from(told, source, entity, devices=source) %}
{#- Told apart at a glance; the others are spelled anew, one by one. #}
{%- set common_names = [
    'Product Viewed', 'Product List Viewed', 'Products Searched', 'Product Added',
    'Product Removed', 'Cart Viewed', 'Checkout Started', 'Order Completed'
] %}
typed as (
    select
        *,
        {{ money('price_text') }} as price,
        {{ pieces('quantity_text') }} as quantity,
        {{ money('total_text') }} as total_amount
    from {{ told }}
),

judged as (
    select
        *,
        coalesce(stamped_at, occurred_at) as received_at,
        case
            when trouble is not null then trouble
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
                {{ refused('price_text', 'price') }}
                or {{ refused('quantity_text', 'quantity') }}
                or {{ refused('total_text', 'total_amount') }} then 'bad_number'
            when least(price, quantity, total_amount) < 0 then 'negative_amount'
            {{ or_mended(source, entity) }}
        end as quarantine_reason
    from typed
)

select
    case
        when quarantine_reason is null
            then {{ event_key('message_id', 'said') }}
    end as event_id,
    message_id,
    coalesce('{{ devices }}:' || anonymous_id, '{{ devices }}:user:' || user_id)
        as visitor_id,
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
    page_url,
    page_path,
    page_referrer,
    page_title,
    campaign_source,
    campaign_medium,
    campaign_name,
    device_type,
    country_code,
    user_agent,
    product_id,
    category,
    price,
    quantity,
    upper(currency) as currency,
    cart_id,
    {{ trimmed('order_id') }} as order_id,
    total_amount,
    products,
    email,
    phone,
    first_name,
    last_name,
    quarantine_reason,
    -- Only what is set aside keeps its text; the rest would be stored twice.
    case when quarantine_reason is not null then row_key end as row_key,
    load_seq,
    cast(null as bigint) as duplicate_since_load_seq
from judged
{%- endmacro %}
