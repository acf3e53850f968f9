{{ config(enabled=is_read('shopify'), post_hook='{{ keep_mark() }}') }}
with landed as (
    {{ read_landed_csv('shopify', 'order_lines') }}
),

taken_apart as (
    select
        *,
        {{ json_part('price_set', {'shop_money': {'amount': 'varchar'}}) }} as prices,
        {{ pieces('quantity') }} as piece_count,
        {{ money('total_discount') }} as discount_amount
    from landed
),

-- What a piece costs in the currency of the shop, or what all of them do.
told as (
    select
        *,
        coalesce(price, prices.shop_money.amount) as piece_text,
        original_total_set_shop_amount as total_text
    from taken_apart
),

typed as (
    select
        * exclude (price),
        coalesce(piece_text, total_text) as price_text,
        case
            when piece_text is not null then {{ money('piece_text') }}
            when piece_count > 0
                then cast({{ money('total_text') }} / piece_count as decimal(18, 2))
            -- What no piece costs is nothing; an amount for none is no price.
            when piece_count = 0 and {{ money('total_text') }} = 0 then 0
        end as price
    from told
)

select
    id as order_line_id,
    order_id,
    product_id,
    title,
    piece_count as quantity,
    price,
    discount_amount,
    {{ moment('_fivetran_synced', 'shopify') }} as version_at,
    case
        {{ when_unreadable() }}
        when id is null or order_id is null then 'missing_id'
        when quantity is null or price_text is null then 'missing_amount'
        when
            {{ refused('quantity', 'piece_count') }}
            or {{ refused('price_text', 'price') }}
            or {{ refused('total_discount', 'discount_amount') }} then 'bad_number'
        {{ or_mended('shopify', 'order_lines') }}
    end as quarantine_reason,
    row_key,
    path,
    load_seq
from typed
