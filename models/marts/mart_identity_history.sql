select
    record_id,
    customer_id,
    valid_from,
    valid_to,
    reason,
    rule,
    evidence_hash
from {{ ref('identity_history') }}
