{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='visitor_id',
    meta={'reads': ['web_events']},
    post_hook='{{ keep_mark() }}'
) }}
-- A completed order ends the cart before it. A late order splits one: the carts of a
-- visitor of whom something new is known are told anew, all of them.
with changes as (
    select
        *,
        count(*) filter (where event_name = 'order_completed') over (
            partition by visitor_id order by occurred_at, event_id
            rows between unbounded preceding and 1 preceding
        ) as cart_number
    from {{ ref('cart_changes') }}
    {% if is_incremental() -%}
    where visitor_id in (
        select fresh.visitor_id from {{ ref('cart_changes') }} as fresh
        where fresh.load_seq > {{ standing_mark() }}
    )
    {%- endif %}
),

moved as (
    select
        visitor_id,
        cart_number,
        md5('cart|' || {{ first_received('event_id') }}) as cart_id,
        min(occurred_at) filter (where event_name = 'product_added') as opened_at,
        max(occurred_at) filter (where event_name != 'order_completed') as changed_at,
        min(occurred_at) filter (where event_name = 'checkout_started')
            as checkout_started_at,
        min(occurred_at) filter (where event_name = 'order_completed') as ordered_at
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
    contents.products
from moved
left join contents
    on
        moved.visitor_id = contents.visitor_id
        and moved.cart_number = contents.cart_number
