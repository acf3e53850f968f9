select
    carts.cart_id,
    carts.visitor_id,
    carts.customer_id,
    carts.opened_at,
    carts.changed_at,
    carts.emptied_at,
    carts.checkout_started_at,
    carts.ordered_at,
    carts.item_count,
    carts.currency,
    carts.cart_amount,
    carts.products,
    carts.cart_state,
    carts.abandoned_at,
    carts.recovered_at,
    carts.recovered_at is not null as is_recovered,
    moments.as_of_at
from {{ ref('cart_states') }} as carts
cross join {{ ref('as_of') }} as moments
