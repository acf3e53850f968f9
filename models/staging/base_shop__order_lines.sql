with landed as (
    {{ read_landed_csv('shop', 'order_lines') }}
),

typed as (
    select
        * exclude (quantity, price, discount_amount),
        quantity as quantity_text,
        price as price_text,
        discount_amount as discount_text,
        try_cast(quantity as integer) as quantity,
        try_cast(price as decimal(18, 2)) as price,
        try_cast(discount_amount as decimal(18, 2)) as discount_amount
    from landed
)

select
    id as order_line_id,
    order_id,
    product_id,
    title,
    quantity,
    price,
    discount_amount,
    case
        when id is null or order_id is null then 'missing_id'
        when quantity_text is null or price_text is null then 'missing_amount'
        when
            {{ refused('quantity_text', 'quantity') }}
            or {{ refused('price_text', 'price') }}
            or {{ refused('discount_text', 'discount_amount') }} then 'bad_number'
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
