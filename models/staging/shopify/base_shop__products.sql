{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shop', 'products') }}
),

typed as (
    select
        * exclude (price, updated_at),
        price as price_text,
        {{ money('price') }} as price,
        {{ pieces('stock_quantity') }} as stock_pieces,
        {{ moment('coalesce(updated_at, created_at)', 'shop') }} as updated_at
    from landed
)

select
    id as product_id,
    sku,
    title,
    category,
    price,
    upper(currency) as currency,
    updated_at,
    -- Null where the export tells neither.
    case
        when lower(trim(status)) != 'active' or stock_pieces <= 0 then false
        when status is not null or stock_pieces is not null then true
    end as is_available,
    case
        {{ when_unreadable() }}
        when id is null then 'missing_id'
        when
            {{ refused('price_text', 'price') }}
            or {{ refused('stock_quantity', 'stock_pieces') }} then 'bad_number'
        when price < 0 then 'negative_amount'
        {{ or_mended('shop', 'products') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
