with moved as (
    select
        visitor_id,
        cart_number,
        min(event_id) filter (where received_place = 1) as naming_event_id,
        min(occurred_at) filter (where event_name = 'product_added') as opened_at,
        max(occurred_at) as changed_at,
        min(occurred_at) filter (where event_name = 'checkout_started')
            as checkout_started_at,
        min(occurred_at) filter (where event_name = 'order_completed') as ordered_at
    from (
        select
            *,
            row_number() over (
                partition by visitor_id, cart_number order by received_at, event_id
            ) as received_place
        from {{ ref('cart_changes') }}
    )
    group by visitor_id, cart_number
    having count(*) filter (where event_name = 'product_added') > 0
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
    from {{ ref('cart_products') }}
    group by visitor_id, cart_number
)

select
    md5('cart|' || moved.naming_event_id) as cart_id,
    moved.visitor_id,
    moved.opened_at,
    moved.changed_at,
    moved.checkout_started_at,
    moved.ordered_at,
    coalesce(contents.item_count, 0) as item_count,
    contents.currency,
    contents.cart_amount,
    contents.products,
    case
        when moved.ordered_at is not null then 'ordered'
        when coalesce(contents.item_count, 0) = 0 then 'emptied'
        when
            moved.changed_at
            + interval {{ var('cart_abandoned_after_hours') }} hour
            <= moments.as_of_at then 'abandoned'
        else 'open'
    end as cart_state,
    case
        when
            moved.ordered_at is null
            and contents.item_count > 0
            and moved.changed_at
            + interval {{ var('cart_abandoned_after_hours') }} hour
            <= moments.as_of_at
            then
                moved.changed_at
                + interval {{ var('cart_abandoned_after_hours') }} hour
    end as abandoned_at
from moved
left join contents
    on
        moved.visitor_id = contents.visitor_id
        and moved.cart_number = contents.cart_number
cross join {{ ref('as_of') }} as moments
