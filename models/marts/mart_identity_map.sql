select
    record_id,
    source,
    customer_id,
    first_received_at,
    as_of_at
from {{ ref('identity_map') }}
