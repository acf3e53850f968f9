select
    advice.customer_id,
    advice.rank,
    advice.product_id,
    products.product_name,
    products.category,
    products.price,
    products.currency,
    advice.score,
    advice.reason,
    advice.reason_kind,
    advice.reason_product_id,
    advice.model_version,
    advice.as_of_at
from {{ ref('recommendation_predictions') }} as advice
left join {{ ref('products_now') }} as products
    on advice.product_id = products.product_id
