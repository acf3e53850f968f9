select
    moments.customer_id,
    moments.as_of_at,
    moments.as_of_on,
    identity.record_id
from {{ ref('exact_order_moments') }} as moments
inner join {{ ref('identity_map') }} as identity
    on moments.customer_id = identity.customer_id
