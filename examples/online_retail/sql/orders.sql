-- One row per invoice number and buyer; a repeated line counts once in its total.
with lines as (
    select distinct
        line_id, invoice_no, customer_id, quantity, price, invoiced_at
    from judged
    where place = 'shop/order_lines'
)

select
    invoice_no as id,
    customer_id,
    'GBP' as currency,
    sum(quantity * price) as subtotal_amount,
    0.00 as discount_amount,
    sum(quantity * price) as total_amount,
    'paid' as financial_status,
    false as test,
    min(invoiced_at) as created_at,
    max(invoiced_at) as updated_at
from lines
group by invoice_no, customer_id
order by id, customer_id nulls first
