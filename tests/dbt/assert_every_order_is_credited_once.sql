-- The credits of each order add up to exactly 1 by each model, and its parts to its
-- revenue: nothing is lost in rounding, and no order is credited twice.
with orders as (
    select distinct
        order_key,
        revenue_amount
    from {{ ref('order_touches') }}
)

select
    orders.order_key,
    count(credits.order_key) as credit_count
from orders
left join {{ ref('order_credits') }} as credits
    on orders.order_key = credits.order_key
group by orders.order_key, orders.revenue_amount
having
    count(credits.order_key) = 0
    {% for model in attribution_models() -%}
    or sum(credits.{{ model }}_credit) != 1
    or sum(credits.{{ model }}_revenue_amount)
    is distinct from orders.revenue_amount
    {% endfor %}
