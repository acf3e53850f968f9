-- One row per credit note and customer; amounts are what was given back, positive.
with lines as (
    select distinct
        line_id, invoice_no, customer_id, quantity, price, invoiced_at, is_service
    from judged
    where place = 'shop/refunds'
),

notes as (
    select
        invoice_no,
        customer_id,
        sum(-quantity * price) as amount,
        bool_or(not is_service) as has_product,
        min(invoiced_at) as created_at
    from lines
    group by invoice_no, customer_id
)

select
    notes.invoice_no as id,
    links.order_id,
    notes.customer_id,
    notes.amount,
    'GBP' as currency,
    case when notes.has_product then 'return' else 'adjustment' end as reason,
    notes.created_at
from notes
left join links
    on
        notes.invoice_no = links.refund_id
        and notes.customer_id = links.customer_id
order by id, customer_id nulls first
