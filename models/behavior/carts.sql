{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='visitor_id',
    meta={'reads': ['web_events']},
    post_hook='{{ keep_mark() }}'
) }}
-- An order ends the cart before it: one that the device told, or one of this device
-- that the shop alone tells. A late one splits a cart: the carts of a visitor of whom
-- something new is known are told anew, all of them.
with bought as (
    select
        visitor_id,
        list(ordered_at order by ordered_at) as shop_ordered_at
    from {{ ref('untold_orders') }}
    group by visitor_id
),

{% if is_incremental() -%}
touched as (
    select fresh.visitor_id from {{ ref('cart_changes') }} as fresh
    where fresh.load_seq > {{ standing_mark() }}
    union all
    -- An order of the shop may come, change or go with any export.
    select standing.visitor_id
    from {{ this }} as standing
    left join bought on standing.visitor_id = bought.visitor_id
    where standing.shop_ordered_at is distinct from bought.shop_ordered_at
),

{% endif -%}
told as (
    select
        *,
        event_name = 'order_completed' as is_order
    from {{ ref('cart_changes') }}
    union all by name
    select
        visitor_id,
        ordered_at as occurred_at,
        true as is_order
    from {{ ref('untold_orders') }}
),

changes as (
    select
        *,
        count(*) filter (where is_order) over (
            partition by visitor_id order by occurred_at, event_id nulls last
            rows between unbounded preceding and 1 preceding
        ) as cart_number
    from told
    {% if is_incremental() -%}
    where visitor_id in (select touched.visitor_id from touched)
    {%- endif %}
),

moved as (
    select
        visitor_id,
        cart_number,
        md5('cart|' || {{ first_received('event_id', 'event_id is not null') }})
            as cart_id,
        min(occurred_at) filter (where event_name = 'product_added') as opened_at,
        max(occurred_at) filter (where not is_order) as changed_at,
        min(occurred_at) filter (where event_name = 'checkout_started')
            as checkout_started_at,
        min(occurred_at) filter (where is_order) as ordered_at
    from changes
    group by visitor_id, cart_number
    having count(*) filter (where event_name = 'product_added') > 0
),

counted as (
    select
        *,
        sum(quantity_change) over (
            partition by visitor_id, cart_number, product_id
            order by occurred_at, event_id
            rows unbounded preceding
        ) as running_change
    from changes
    where product_id is not null
),

-- What is left of each product, at the price shown last. What was removed beyond
-- the pieces that were there is not owed: the deepest point below nothing comes back.
products as (
    select
        visitor_id,
        cart_number,
        product_id,
        {{ last_occurred('currency', 'price is not null') }} as currency,
        {{ last_occurred('price', 'price is not null') }} as price,
        cast(
            sum(quantity_change) - least(0, min(running_change)) as bigint
        ) as quantity
    from counted
    group by visitor_id, cart_number, product_id
    having sum(quantity_change) - least(0, min(running_change)) > 0
),

contents as (
    select
        visitor_id,
        cart_number,
        cast(sum(quantity) as bigint) as item_count,
        case when count(distinct currency) = 1 then max(currency) end as currency,
        case when count(distinct currency) = 1 then sum(price * quantity) end
            as cart_amount,
        list(
            { 'product_id': product_id, 'quantity': quantity, 'price': price }
            order by product_id
        ) as products
    from products
    group by visitor_id, cart_number
)

select
    moved.cart_id,
    moved.visitor_id,
    moved.opened_at,
    moved.changed_at,
    moved.checkout_started_at,
    moved.ordered_at,
    coalesce(contents.item_count, 0) as item_count,
    contents.currency,
    cast(contents.cart_amount as decimal(18, 2)) as cart_amount,
    contents.products,
    bought.shop_ordered_at
from moved
left join contents
    on
        moved.visitor_id = contents.visitor_id
        and moved.cart_number = contents.cart_number
left join bought on moved.visitor_id = bought.visitor_id
