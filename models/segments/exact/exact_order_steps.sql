-- What the orders of a customer come to from each of their moments on. Whoever has none
-- that counts has bought nothing.
select
    moments.customer_id,
    moments.as_of_at as moved_at,
    moments.event_id,
    moments.timer,
    struct_pack(
        {% for column in order_columns() -%}
        {{ column }} := {{ order_value('orders.', column) }}
        {{- ", " if not loop.last }}
        {% endfor -%}
    ) as orders_then
from {{ ref('exact_order_moments') }} as moments
left join {{ ref('exact_orders') }} as orders
    on
        moments.customer_id = orders.customer_id
        and moments.as_of_at = orders.as_of_at
