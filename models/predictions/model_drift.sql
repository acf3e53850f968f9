-- Drift of another moment is no drift of now.
select moved.*
from {{ source('ml', 'model_drift') }} as moved
inner join {{ ref('as_of') }} as moments on moved.as_of_at = moments.as_of_at
