-- One row per typed row with the one place it goes to: a raw file, or a reason.
-- The rules are tried from the top; the first that applies decides.
create or replace temp table judged as
with sold as (
    select
        invoice_no,
        coalesce(customer_id, '') as buyer,
        bool_or(price > 0 and quantity > 0) as has_sale
    from typed
    group by invoice_no, buyer
)

select
    typed.*,
    case
        when typed.invoice_no is null then 'no invoice number'
        when typed.product_id is null then 'no stock code'
        when typed.invoiced_at is null then 'no readable date'
        when typed.quantity is null then 'no readable quantity'
        when typed.price is null then 'no readable price'
        when not regexp_full_match(typed.invoice_no, 'C?[0-9]+')
            then 'neither an invoice nor a credit note (bad debt)'
        when typed.product_id in ('AMAZONFEE', 'BANK CHARGES', 'CRUK', 'B')
            then 'fee or bookkeeping'
        when typed.product_id = 'S' then 'sample'
        when typed.is_credit_note and (typed.quantity >= 0 or typed.price <= 0)
            then 'credit note line that gives nothing back'
        when typed.is_credit_note then 'shop/refunds'
        when typed.price < 0 then 'negative price'
        when typed.quantity <= 0 and typed.price > 0
            then 'nothing sold outside a credit note'
        when typed.quantity <= 0 then 'stock adjustment'
        when typed.price = 0 and typed.customer_id is null and not sold.has_sale
            then 'stock adjustment'
        else 'shop/order_lines'
    end as place,
    -- Charged and paid, but nothing one could recommend or restock.
    typed.product_id in ('POST', 'DOT', 'C2', 'M', 'D') as is_service
from typed
left join sold
    on
        typed.invoice_no = sold.invoice_no
        and coalesce(typed.customer_id, '') = sold.buyer
