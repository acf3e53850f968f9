select
    alias_id,
    customer_id,
    record_id,
    absorbed_at,
    rule,
    evidence_hash,
    as_of_at
from {{ ref('identity_aliases') }}
