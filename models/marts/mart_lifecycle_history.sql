select
    history.customer_id,
    history.lifecycle_stage,
    history.former_stage,
    history.entered_at,
    history.left_at,
    history.moved_by,
    moments.as_of_at
from {{ ref('lifecycle_history') }} as history
cross join {{ ref('as_of') }} as moments
