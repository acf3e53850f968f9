-- One row per credit note whose order is certain: its customer has exactly one earlier
-- order that holds every line of it, at the same price and in at least the quantity.
create or replace temp table links as
with lines as (
    select distinct
        line_id, place, invoice_no, customer_id, product_id, price,
        abs(quantity) as quantity, invoiced_at
    from judged
    where
        place in ('shop/order_lines', 'shop/refunds')
        and customer_id is not null
),

items as (
    select
        place, invoice_no, customer_id, product_id, price,
        sum(quantity) as quantity,
        min(invoiced_at) as invoiced_at
    from lines
    group by place, invoice_no, customer_id, product_id, price
),

refunded as (
    select *, count(*) over (partition by invoice_no, customer_id) as item_count
    from items
    where place = 'shop/refunds'
),

candidates as (
    select refunded.invoice_no as refund_id, refunded.customer_id, sold.invoice_no
    from refunded
    inner join items as sold
        on
            refunded.customer_id = sold.customer_id
            and refunded.product_id = sold.product_id
            and refunded.price = sold.price
            and refunded.quantity <= sold.quantity
            and refunded.invoiced_at >= sold.invoiced_at
            and sold.place = 'shop/order_lines'
    group by all
    having count(*) = min(refunded.item_count)
)

select refund_id, customer_id, min(invoice_no) as order_id
from candidates
group by refund_id, customer_id
having count(*) = 1
