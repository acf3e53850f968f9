select
    customer_id,
    product_id,
    kind,
    occurred_at,
    act_count as weight
from {{ ref('product_acts') }}
where set_aside_reason is null
