{{ config(post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shop', 'products') }}
),

typed as (
    select
        * exclude (price, updated_at),
        price as price_text,
        {{ money('price') }} as price,
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
    case
        {{ when_unreadable() }}
        when id is null then 'missing_id'
        when {{ refused('price_text', 'price') }} then 'bad_number'
        when price < 0 then 'negative_amount'
        {{ or_mended('shop', 'products') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
