select
    customer_id,
    as_of_at,
    lifecycle_stage
from {{ ref('lifecycle_stages') }}
where is_now
