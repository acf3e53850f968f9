select
    carts.cart_id,
    carts.visitor_id,
    identity.customer_id,
    carts.opened_at,
    carts.changed_at,
    carts.checkout_started_at,
    carts.ordered_at,
    carts.item_count,
    carts.currency,
    carts.cart_amount,
    carts.products,
    carts.cart_state,
    carts.abandoned_at,
    moments.as_of_at
from {{ ref('carts') }} as carts
left join {{ ref('identity_map') }} as identity
    on carts.visitor_id = identity.record_id
cross join {{ ref('as_of') }} as moments
