select
    history.record_id,
    history.customer_id,
    history.valid_from,
    history.valid_to,
    history.reason,
    history.rule,
    history.evidence_hash,
    moments.as_of_at
from {{ ref('identity_history') }} as history
cross join {{ ref('as_of') }} as moments
