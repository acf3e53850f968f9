-- What was bought: the lines that the shop tells, else what the web told of the order.
-- A line names no buyer: where two share an order's id, both have bought it.
with lines as (
    select
        'shop' as source,
        order_id,
        cast(null as varchar) as visitor_id,
        product_id
    from {{ ref('shop_order_lines') }}
    union all
    select
        'web' as source,
        order_id,
        visitor_id,
        unnest(products).product_id as product_id
    from {{ ref('web_events') }}
    where event_name = 'order_completed'
)

select
    orders.record_id,
    lines.product_id,
    orders.ordered_on as occurred_on,
    -- An order of the web is void once the shop, or a better copy, tells of it.
    case
        when orders.void_since_at is null then null
        when orders.source = 'web' then 'told elsewhere'
        else 'void order'
    end as void_reason,
    max(orders.ordered_at) as last_occurred_at,
    count(distinct orders.order_key) as act_count
from {{ ref('orders') }} as orders
inner join {{ ref('as_of') }} as moments on orders.ordered_at <= moments.as_of_at
inner join lines
    on
        orders.source = lines.source
        and orders.order_id = lines.order_id
        and (lines.source = 'shop' or orders.visitor_id = lines.visitor_id)
group by orders.record_id, lines.product_id, occurred_on, void_reason
