select
    cuts.record_id,
    cuts.rule,
    cuts.evidence_hash,
    cuts.reason,
    cuts.refused_since_at,
    moments.as_of_at
from {{ ref('identity_cuts') }} as cuts
cross join {{ ref('as_of') }} as moments
