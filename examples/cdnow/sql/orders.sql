-- One row per customer and day: what one buys on a day is one order.
select
    order_id as id,
    customer_id,
    'USD' as currency,
    sum(amount) as subtotal_amount,
    sum(amount) as total_amount,
    'paid' as financial_status,
    false as test,
    bought_at as created_at,
    bought_at as updated_at
from judged
where place = 'shop/order_lines'
group by order_id, customer_id, bought_at
order by id
