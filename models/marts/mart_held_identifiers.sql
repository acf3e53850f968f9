select
    held.identifier_type,
    held.evidence_hash,
    held.reason,
    cast(held.cap as bigint) as cap,
    cast(held.record_count as bigint) as record_count,
    held.held_since_at,
    moments.as_of_at
from {{ ref('held_identifiers') }} as held
cross join {{ ref('as_of') }} as moments
