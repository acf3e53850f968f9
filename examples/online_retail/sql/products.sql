-- One row per stock code that was sold, with the title and price of its latest sale.
with sales as (
    select distinct product_id, title, price, invoiced_at
    from judged
    where place = 'shop/order_lines' and not is_service
),

changes as (
    select
        *,
        coalesce(
            (title, price) is distinct from (lag(title) over h, lag(price) over h),
            true
        ) as is_new,
        min(invoiced_at) over (partition by product_id) as created_at
    from sales
    window h as (partition by product_id order by invoiced_at, price, title)
),

latest as (
    select
        *,
        row_number() over (
            partition by product_id
            order by invoiced_at desc, price desc, title desc nulls first
        ) as nth
    from changes
    where is_new
)

select
    product_id as id,
    product_id as sku,
    title,
    price,
    'GBP' as currency,
    created_at,
    invoiced_at as updated_at
from latest
where nth = 1
order by id
