-- One row per readable input row, typed; what cannot be typed is null and judged next.
create or replace temp table typed as
with cleaned as (
    select
        file,
        upper(invoice_no) as invoice_no,
        -- The same product is written 85123A and 85123a.
        upper(stock_code) as product_id,
        description as title,
        try_cast(quantity as decimal(18, 4)) as exact_quantity,
        try_cast(unit_price as decimal(18, 4)) as price,
        case
            -- The workbook's own form, as spreadsheets save it: month first.
            when invoice_date like '%/%' then try_strptime(
                invoice_date,
                ['%m/%d/%y %H:%M', '%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S']
            )
            else try_cast(invoice_date as timestamp)
        end as invoiced_at,
        -- A column of numbers with gaps is saved as 17850.0 by some tools.
        nullif(
            regexp_replace(lower(customer_id), '\.0+$|^(nan|null|none)$', ''), ''
        ) as customer_id,
        country,
        to_json(struct_pack(
            invoice_no, stock_code, description, quantity,
            invoice_date, unit_price, customer_id, country
        ))::varchar as raw
    from input
)

select
    *,
    case
        when exact_quantity = trunc(exact_quantity) then exact_quantity::bigint
    end as quantity,
    invoice_no like 'C%' as is_credit_note,
    md5(concat_ws(
        chr(31), invoice_no, product_id, coalesce(title, ''), exact_quantity,
        invoiced_at, price, coalesce(customer_id, ''), coalesce(country, '')
    )) as line_id
from cleaned
