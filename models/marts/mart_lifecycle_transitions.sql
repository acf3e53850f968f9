select
    transitions.from_at,
    transitions.to_at,
    transitions.from_stage,
    transitions.to_stage,
    transitions.customer_count,
    moments.as_of_at
from {{ ref('lifecycle_transitions') }} as transitions
cross join {{ ref('as_of') }} as moments
