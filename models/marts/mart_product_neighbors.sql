select
    neighbors.product_id,
    products.product_name,
    neighbors.rank,
    neighbors.neighbor_product_id,
    near.product_name as neighbor_product_name,
    neighbors.score,
    neighbors.model_version,
    neighbors.as_of_at
from {{ ref('neighbor_predictions') }} as neighbors
left join {{ ref('products_now') }} as products
    on neighbors.product_id = products.product_id
left join {{ ref('products_now') }} as near
    on neighbors.neighbor_product_id = near.product_id
