{{ config(enabled=is_read('shopify')) }}
-- The newest version of each product, with the price of its first variant.
with newest as (
    {{ newest_synced(ref('base_shopify__products'), 'product_id') }}
),

-- Orders are in the currency of the shop, and so are its prices.
ordered as (
    select
        currency,
        row_number() over (order by created_at desc, order_id desc) as place
    from {{ ref('stg_shopify__orders') }}
)

select
    newest.product_id,
    variants.sku,
    newest.title,
    newest.category,
    variants.price,
    ordered.currency,
    newest.updated_at,
    newest.path,
    newest.load_seq
from newest
left join {{ ref('stg_shopify__product_variants') }} as variants
    on newest.product_id = variants.product_id and variants.is_first
left join ordered on ordered.place = 1
