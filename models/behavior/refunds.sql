-- A refund belongs to the order that it names and, where buyers share an order id, to
-- the buyer that it names; a credit note without an order belongs to its buyer.
with candidates as (
    select
        refunds.refund_id,
        orders.order_key,
        row_number() over (
            partition by refunds.refund_id
            order by
                case when orders.record_id = refunds.record_id then 0 else 1 end,
                orders.order_key
        ) as place
    from {{ ref('shop_refunds') }} as refunds
    inner join {{ ref('shop_orders') }} as orders
        on refunds.order_id = orders.order_id
),

matched as (
    select * from candidates
    where place = 1
)

select
    refunds.refund_id,
    matched.order_key,
    coalesce(refunds.record_id, orders.record_id) as record_id,
    refunds.amount as refunded_amount,
    refunds.currency,
    refunds.created_at as refunded_at
from {{ ref('shop_refunds') }} as refunds
inner join {{ ref('as_of') }} as moments on refunds.created_at <= moments.as_of_at
left join matched on refunds.refund_id = matched.refund_id
left join {{ ref('shop_orders') }} as orders
    on matched.order_key = orders.order_key
