{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'order_lines') }}
),

typed as (
    select
        * exclude (quantity, price),
        quantity as quantity_text,
        price as price_text,
        {{ pieces('quantity') }} as quantity,
        {{ money('price') }} as price,
        {{ money('total_discount') }} as discount_amount
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
    {{ moment('_fivetran_synced', 'shopify') }} as version_at,
    case
        {{ when_unreadable() }}
        when id is null or order_id is null then 'missing_id'
        when quantity_text is null or price_text is null then 'missing_amount'
        when
            {{ refused('quantity_text', 'quantity') }}
            or {{ refused('price_text', 'price') }}
            or {{ refused('total_discount', 'discount_amount') }} then 'bad_number'
        {{ or_mended('shopify', 'order_lines') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
