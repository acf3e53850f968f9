select
    history.customer_id,
    moments.as_of_at,
    history.lifecycle_stage,
    history.entered_at
from {{ ref('lifecycle_history') }} as history
cross join {{ ref('as_of') }} as moments
where history.left_at is null
