-- What a device bought without telling: the shop names it, so its cart is gone all the
-- same. What becomes of an order later brings no cart back.
select
    'web:' || orders.client_id as visitor_id,
    orders.order_key,
    orders.created_at as ordered_at
from {{ ref('shop_orders') }} as orders
inner join {{ ref('as_of') }} as moments on orders.created_at <= moments.as_of_at
where
    orders.client_id is not null
    and not orders.is_test
    and not exists (
        select told.order_id from {{ ref('cart_changes') }} as told
        where
            told.visitor_id = 'web:' || orders.client_id
            and told.order_id = orders.order_id
    )
