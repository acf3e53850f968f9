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
),

-- One of its variants is enough.
for_sale as (
    select
        product_id,
        bool_or(is_for_sale) as is_for_sale
    from {{ ref('stg_shopify__product_variants') }}
    group by product_id
)

select
    newest.product_id,
    variants.sku,
    newest.title,
    newest.category,
    variants.price,
    ordered.currency,
    case
        when newest.is_deleted or newest.status != 'active' then false
        else coalesce(for_sale.is_for_sale, newest.status = 'active')
    end as is_available,
    newest.updated_at,
    newest.path,
    newest.load_seq
from newest
left join {{ ref('stg_shopify__product_variants') }} as variants
    on newest.product_id = variants.product_id and variants.is_first
left join for_sale on newest.product_id = for_sale.product_id
left join ordered on ordered.place = 1
