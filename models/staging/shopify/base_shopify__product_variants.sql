{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'product_variants') }}
),

typed as (
    select
        * exclude (price, position, updated_at),
        price as price_text,
        position as position_text,
        updated_at as updated_text,
        {{ money('price') }} as price,
        try_cast(position as integer) as position_number,
        try_cast(available_for_sale as boolean) as is_for_sale,
        {{ moment('updated_at', 'shopify') }} as updated_at,
        {{ moment('_fivetran_synced', 'shopify') }} as synced_at
    from landed
)

select
    id as variant_id,
    product_id,
    sku,
    price,
    position_number,
    is_for_sale,
    updated_at,
    greatest(updated_at, synced_at) as version_at,
    case
        {{ when_unreadable() }}
        when id is null or product_id is null then 'missing_id'
        when
            {{ refused('price_text', 'price') }}
            or {{ refused('position_text', 'position_number') }} then 'bad_number'
        when price < 0 then 'negative_amount'
        when {{ refused('updated_text', 'updated_at') }} then 'bad_timestamp'
        when {{ refused('available_for_sale', 'is_for_sale') }} then 'bad_flag'
        {{ or_mended('shopify', 'product_variants') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
