-- Where no source tells whether a product can be bought, it can.
select
    products.product_id,
    coalesce(nullif(trim(products.title), ''), products.product_id) as product_name,
    products.category,
    products.price,
    products.currency,
    coalesce(products.is_available, true) as is_available,
    products.is_available is not null as is_availability_told,
    suppressed.product_id is not null as is_suppressed
from {{ ref('shop_products') }} as products
left join {{ ref('suppressed_products') }} as suppressed
    on products.product_id = suppressed.product_id
