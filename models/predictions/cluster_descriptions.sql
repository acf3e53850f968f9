select profiles.*
from {{ source('ml', 'cluster_profiles') }} as profiles
where profiles.cluster_id in (
    select assigned.cluster_id from {{ ref('cluster_predictions') }} as assigned
)
