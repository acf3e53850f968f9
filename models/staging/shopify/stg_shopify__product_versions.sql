{{ config(enabled=is_read('shopify')) }}
-- One row for each price of a product (its first variant's) and the moment since when
-- it stood.
with versions as (
    select
        variant_lines.product_id,
        variant_lines.price,
        variant_lines.updated_at,
        row_number() over (
            partition by variant_lines.product_id, variant_lines.updated_at
            order by
                variant_lines.version_at desc nulls last, variant_lines.row_key desc
        ) as place
    from {{ ref('base_shopify__product_variants') }} as variant_lines
    inner join {{ ref('stg_shopify__product_variants') }} as variants
        on
            variant_lines.variant_id = variants.variant_id
            and variant_lines.product_id = variants.product_id
    where variant_lines.quarantine_reason is null and variants.is_first
)

select
    versions.product_id,
    versions.price,
    products.currency,
    coalesce(versions.updated_at, timestamp '0001-01-01') as updated_at
from versions
inner join {{ ref('stg_shopify__products') }} as products
    on versions.product_id = products.product_id
where versions.place = 1
