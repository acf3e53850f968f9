select
    record_id,
    rule,
    evidence_hash,
    reason,
    refused_since_at
from {{ ref('identity_cuts') }}
