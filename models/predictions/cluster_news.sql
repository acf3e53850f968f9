-- What a run of a later moment found out is not known yet.
select
    changes.*,
    moments.as_of_at
from {{ source('ml', 'cluster_changes') }} as changes
inner join {{ ref('as_of') }} as moments on changes.changed_at <= moments.as_of_at
