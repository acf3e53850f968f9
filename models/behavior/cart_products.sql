-- What is left of each product in each cart.
select
    visitor_id,
    cart_number,
    product_id,
    max(currency) as currency,
    max(price) as price,
    cast(sum(quantity_change) as bigint) as quantity
from {{ ref('cart_changes') }}
where product_id is not null
group by visitor_id, cart_number, product_id
having sum(quantity_change) > 0
