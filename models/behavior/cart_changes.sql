-- What moved a visitor's cart; a completed order ends the cart before it.
with changes as (
    select
        event_id,
        visitor_id,
        occurred_at,
        received_at,
        event_name,
        product_id,
        price,
        currency,
        case event_name
            when 'product_added' then coalesce(quantity, 1)
            when 'product_removed' then -coalesce(quantity, 1)
            else 0
        end as quantity_change
    from {{ ref('events') }}
    where
        visitor_id is not null
        and event_name in (
            'product_added', 'product_removed', 'checkout_started', 'order_completed'
        )
)

select
    *,
    count(*) filter (where event_name = 'order_completed') over (
        partition by visitor_id order by occurred_at, event_id
        rows between unbounded preceding and 1 preceding
    ) as cart_number
from changes
