{{ config(
    enabled=is_read('snowplow'),
    materialized='incremental',
    incremental_strategy='append',
    meta={'reads': ['snowplow/events']},
    post_hook=['{{ flag_duplicates() }}', '{{ keep_mark() }}']
) }}

{# The actions of the ecommerce tracker, in the words of the Segment spec. #}
{% set ecommerce = {
    'product_view': 'Product Viewed', 'list_view': 'Product List Viewed',
    'list_click': 'Product Clicked', 'add_to_cart': 'Product Added',
    'remove_from_cart': 'Product Removed', 'transaction': 'Order Completed'
} %}
{# What was put into a cart or out of it, before that tracker. #}
{% set former = {
    'sku': 'varchar', 'category': 'varchar', 'unitPrice': 'varchar',
    'unit_price': 'varchar', 'quantity': 'varchar', 'currency': 'varchar'
} %}
{% set structures = {
    'contexts_ecommerce_user': [{'id': 'varchar', 'email': 'varchar'}],
    'contexts_ecommerce_product': [{
        'id': 'varchar', 'category': 'varchar', 'price': 'varchar',
        'quantity': 'varchar', 'currency': 'varchar'
    }],
    'contexts_ecommerce_cart': [{'cart_id': 'varchar'}],
    'contexts_ecommerce_transaction': [{
        'transaction_id': 'varchar', 'revenue': 'varchar', 'currency': 'varchar'
    }],
    'unstruct_event_ecommerce_action': {'type': 'varchar', 'step': 'varchar'},
    'unstruct_event_add_to_cart': former,
    'unstruct_event_remove_from_cart': former
} %}

with landed as (
    {{ read_landed_rows(
        'snowplow', 'events', standing_mark() if is_incremental() else 0
    ) }}
),

-- Nothing is written as null in what is nested, too.
emptied as (
    select
        * replace (
            {% for part in structures -%}
            nullif({{ part }}, 'null') as {{ part }}{{ "," if not loop.last }}
            {% endfor %}
        )
    from landed
),

taken_apart as (
    select
        * exclude ({{ structures | join(', ') }}),
        {% for part, structure in structures.items() -%}
        {{ json_part(part, structure) }} as {{ part }},
        {% endfor -%}
        (
            {% for part, structure in structures.items() -%}
            {{ has_bad_json(part, '[' if structure is not mapping else '{') }}
            {{ "or " if not loop.last }}
            {%- endfor %}
        ) as has_bad_structure,
        -- A retry is sent and collected anew, and its moment derived anew from that.
        {{ content_of_row(
            'snowplow', 'events', ['collector_tstamp', 'derived_tstamp']
        ) }} as said
    from emptied
),

acted as (
    select
        *,
        case
            when event = 'struct' then se_action
            when event = 'transaction' then 'Order Completed'
            when event_name = 'site_search' then 'Products Searched'
            when event_name = 'add_to_cart' then 'Product Added'
            when event_name = 'remove_from_cart' then 'Product Removed'
            when event_name = 'snowplow_ecommerce_action'
                then case unstruct_event_ecommerce_action.type
                    {% for theirs, ours in ecommerce.items() -%}
                    when '{{ theirs }}' then '{{ ours }}'
                    {% endfor -%}
                    when 'checkout_step'
                        then case
                            when unstruct_event_ecommerce_action.step = '1'
                                then 'Checkout Started'
                            else 'Checkout Step Viewed'
                        end
                    else unstruct_event_ecommerce_action.type
                end
            else coalesce(event_name, event)
        end as track_name,
        -- The device's own moment where its clock is right: all copies share it.
        case
            when
                abs(
                    epoch_us({{ moment('derived_tstamp', 'snowplow') }})
                    - epoch_us({{ moment('dvce_created_tstamp', 'snowplow') }})
                ) <= 60000000
                then dvce_created_tstamp
            else coalesce(derived_tstamp, dvce_created_tstamp, collector_tstamp)
        end as occurred_text,
        coalesce(
            contexts_ecommerce_product[1],
            case event_name
                when 'add_to_cart'
                    then {{ snowplow_product('unstruct_event_add_to_cart') }}
                when 'remove_from_cart'
                    then {{ snowplow_product('unstruct_event_remove_from_cart') }}
            end
        ) as product,
        contexts_ecommerce_transaction[1] as bill
    from taken_apart
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
        -- What tells its moment names it: so no copy can move an event.
        concat(said, chr(31), occurred_text) as said,
        case
            when 'page_view' in (event, event_name) then 'page'
            when event_name = 'screen_view' then 'screen'
            else 'track'
        end as call_type,
        event_id as message_id,
        coalesce(domain_userid, network_userid) as anonymous_id,
        coalesce(user_id, contexts_ecommerce_user[1].id) as user_id,
        track_name,
        occurred_text,
        collector_tstamp as received_text,
        {{ moment('occurred_text', 'snowplow') }} as occurred_at,
        {{ moment('collector_tstamp', 'snowplow') }} as stamped_at,
        page_url,
        coalesce(page_urlpath, {{ url_path('page_url') }}) as page_path,
        page_referrer,
        page_title,
        mkt_source as campaign_source,
        mkt_medium as campaign_medium,
        mkt_campaign as campaign_name,
        case lower(dvce_type)
            when 'computer' then 'desktop'
            else lower(dvce_type)
        end as device_type,
        geo_country as country_code,
        useragent as user_agent,
        case when track_name != 'Order Completed' then product.id end as product_id,
        case when track_name != 'Order Completed' then product.category end as category,
        case when track_name != 'Order Completed' then product.price end as price_text,
        case when track_name != 'Order Completed' then product.quantity end
            as quantity_text,
        coalesce(bill.currency, product.currency, tr_currency) as currency,
        contexts_ecommerce_cart[1].cart_id as cart_id,
        coalesce(bill.transaction_id, tr_orderid) as order_id,
        coalesce(bill.revenue, tr_total) as total_text,
        list_transform(
            contexts_ecommerce_product,
            lambda one: {
                'product_id': one.id, 'price': one.price, 'quantity': one.quantity
            }
        ) as products,
        contexts_ecommerce_user[1].email as email,
        cast(null as varchar) as phone,
        cast(null as varchar) as first_name,
        cast(null as varchar) as last_name
    from acted
),

{{ web_events_from('told', 'snowplow', 'events') }}
