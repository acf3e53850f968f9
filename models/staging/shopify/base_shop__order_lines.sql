{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shop', 'order_lines') }}
),

typed as (
    select
        * exclude (quantity, price, discount_amount),
        quantity as quantity_text,
        price as price_text,
        discount_amount as discount_text,
        {{ pieces('quantity') }} as quantity,
        {{ money('price') }} as price,
        {{ money('discount_amount') }} as discount_amount
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
        {{ when_unreadable() }}
        when id is null or order_id is null then 'missing_id'
        when quantity_text is null or price_text is null then 'missing_amount'
        when
            {{ refused('quantity_text', 'quantity') }}
            or {{ refused('price_text', 'price') }}
            or {{ refused('discount_text', 'discount_amount') }} then 'bad_number'
        {{ or_mended('shop', 'order_lines') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
