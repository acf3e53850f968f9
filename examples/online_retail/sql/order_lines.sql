-- One row per kept input row; rows that are equal in every column share their id.
select
    line_id as id,
    invoice_no as order_id,
    case when not is_service then product_id end as product_id,
    product_id as sku,
    title,
    quantity,
    price,
    0.00 as discount_amount
from judged
where place = 'shop/order_lines'
order by order_id, id
