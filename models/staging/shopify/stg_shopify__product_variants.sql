{{ config(enabled=is_read('shopify')) }}
-- The newest version of each variant, and which of a product's variants comes first:
-- its price is the product's.
with newest as (
    {{ newest_synced(ref('base_shopify__product_variants'), 'variant_id') }}
)

select
    *,
    row_number() over (
        partition by product_id order by position_number nulls last, variant_id
    ) = 1 as is_first
from newest
